package dev.basin.trajectory;

import dev.basin.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link TrajectoryLoss} reads and writes besides its logits, targets and gradient; all of it optional. Prepare one and use it
 * again and again: it is immutable, and copies nothing.
 *
 * @param rowWeights {@code [rows]}, read: multiplies the losses and the gradient of its row
 * @param gradientFactor one f32 element, read: multiplies the gradient
 * @param losses {@code [rows]}, written: the loss of each row
 * @param crossEntropies {@code [rows]}, written: its cross-entropy
 * @param divergences {@code [rows]}, written: its divergence from the past, without the factor lambda
 */
public record TrajectoryBuffers(
        @Nullable Tensor rowWeights,
        @Nullable Tensor gradientFactor,
        @Nullable Tensor losses,
        @Nullable Tensor crossEntropies,
        @Nullable Tensor divergences) {
    /** Nothing read, nothing written. */
    public static final TrajectoryBuffers NONE = new TrajectoryBuffers(null, null, null, null, null);

    public TrajectoryBuffers rowWeights(@Nullable Tensor weights) {
        return new TrajectoryBuffers(weights, gradientFactor, losses, crossEntropies, divergences);
    }

    public TrajectoryBuffers gradientFactor(@Nullable Tensor factor) {
        return new TrajectoryBuffers(rowWeights, factor, losses, crossEntropies, divergences);
    }

    public TrajectoryBuffers losses(@Nullable Tensor written) {
        return new TrajectoryBuffers(rowWeights, gradientFactor, written, crossEntropies, divergences);
    }

    public TrajectoryBuffers crossEntropies(@Nullable Tensor written) {
        return new TrajectoryBuffers(rowWeights, gradientFactor, losses, written, divergences);
    }

    public TrajectoryBuffers divergences(@Nullable Tensor written) {
        return new TrajectoryBuffers(rowWeights, gradientFactor, losses, crossEntropies, written);
    }
}
