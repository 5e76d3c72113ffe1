package dev.basin.fallback;

/** A loss of one row that counts, in float. */
interface FastRowLoss {
    /**
     * Measures the row, writes its gradient and gives its loss without the row's weight.
     *
     * @param factor multiplies the gradient by the logits before their scale is applied
     */
    double run(FastSoftmaxRow row, long offset, long gradientOffset, int target, double factor);
}
