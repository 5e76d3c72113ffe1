package dev.basin.distributed;

/** What an {@link ErrorFeedbackWorker} sends of a difference. */
public sealed interface Compressor {
    /** Its {@code k} largest entries, ties to the lowest index; {@code |C(v) - v|^2} is at most {@code 1 - k/d} of {@code |v|^2}. */
    record TopK(long k) implements Compressor {
        public TopK {
            if (k < 1) {
                throw new IllegalArgumentException("k must be at least 1, got " + k);
            }
        }
    }

    /** The signs, by the mean magnitude. */
    record ScaledSign() implements Compressor {}

    /** All of it. */
    record Identity() implements Compressor {}

    /**
     * The share of a difference that is sure to arrive, the paper's alpha.
     *
     * @param elements of the difference
     */
    default double share(long elements) {
        return switch (this) {
            case TopK(long k) -> Math.min(1, (double) k / elements);
            case ScaledSign _ -> 1.0 / elements;
            case Identity _ -> 1;
        };
    }
}
