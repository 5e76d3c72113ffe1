package dev.basin.loss;

/** How {@link LdrKl} and {@link AldrKl} make scores of a row's logits; the order is the seam's. */
public enum ScoreNormalization {
    /** Scores are the logits. */
    NONE,
    /** The logits, scaled so that their sizes have the mean 1. */
    L1,
    /** {@code softplus} of the logits, scaled in the same way. */
    SOFTPLUS_L1
}
