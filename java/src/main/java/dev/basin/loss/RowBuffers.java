package dev.basin.loss;

import dev.basin.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What a loss over rows reads and writes besides its logits, targets and gradient; all of it optional. Prepare one and use it
 * again and again: it is immutable, and copies nothing.
 *
 * @param rowWeights {@code [rows]}, read: multiplies loss and gradient of its row
 * @param gradientFactor one f32 element, read: multiplies the gradient
 * @param losses {@code [rows]}, written: the loss of each row, with its weight
 * @param lse {@code [rows]}, written: the log-sum-exp of each row's scaled logits, as {@code backward} wants it
 * @param argmax {@code [rows]} of i32, written: the lowest index of the largest logit
 */
public record RowBuffers(
        @Nullable Tensor rowWeights,
        @Nullable Tensor gradientFactor,
        @Nullable Tensor losses,
        @Nullable Tensor lse,
        @Nullable Tensor argmax) {
    /** Nothing read, nothing written. */
    public static final RowBuffers NONE = new RowBuffers(null, null, null, null, null);

    public RowBuffers rowWeights(@Nullable Tensor weights) {
        return new RowBuffers(weights, gradientFactor, losses, lse, argmax);
    }

    public RowBuffers gradientFactor(@Nullable Tensor factor) {
        return new RowBuffers(rowWeights, factor, losses, lse, argmax);
    }

    public RowBuffers losses(@Nullable Tensor written) {
        return new RowBuffers(rowWeights, gradientFactor, written, lse, argmax);
    }

    public RowBuffers lse(@Nullable Tensor written) {
        return new RowBuffers(rowWeights, gradientFactor, losses, written, argmax);
    }

    public RowBuffers argmax(@Nullable Tensor written) {
        return new RowBuffers(rowWeights, gradientFactor, losses, lse, written);
    }
}
