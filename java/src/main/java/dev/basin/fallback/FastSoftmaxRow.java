package dev.basin.fallback;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * The sweeps over one row after the other that losses in float share. The target's exponential stays out of the sum of the
 * others, so that loss and gradient keep their digits where the target's probability is near 1. Offsets are in bytes.
 */
final class FastSoftmaxRow {
    private final MemorySegment logits;
    private final MemorySegment gradients;
    private final int classes;
    private final double scale;

    private float max;
    private double others;
    private double own;
    private double surprisal;

    FastSoftmaxRow(MemorySegment logits, MemorySegment gradients, int classes, double scale) {
        this.logits = logits;
        this.gradients = gradients;
        this.classes = classes;
        this.scale = scale;
    }

    /** First sweep; leaves the exponentials where the gradient will be. */
    void measure(long offset, long gradientOffset, int target) {
        max = VectorRow.max(logits, offset, classes);
        float targetLogit = logit(offset, target);
        others = exponentials(offset, gradientOffset, 0, target) + exponentials(offset, gradientOffset, target + 1, classes);
        double above = scale * (max - (double) targetLogit);
        own = Math.exp(-above);
        surprisal = above == 0 ? Math.log1p(others) : above + Math.log(others + own);
    }

    /** Second sweep: {@code softmax * p_k + shift * weight_k}, and {@code atTarget} at the target. */
    void writeGradient(
            long gradientOffset, int target, double softmax, double shift, MemorySegment weights, double atTarget) {
        if (!Storage.isAbsent(gradients)) {
            VectorRow.scale(gradients, gradientOffset, classes, softmax / (others + own), (float) shift, weights);
            gradients.set(JAVA_FLOAT_UNALIGNED, gradientOffset + (long) target * Float.BYTES, (float) atTarget);
        }
    }

    /** The gradient of a row that does not count. */
    void clearGradient(long gradientOffset) {
        if (!Storage.isAbsent(gradients)) {
            gradients.asSlice(gradientOffset, (long) classes * Float.BYTES).fill((byte) 0);
        }
    }

    double lse() {
        return scale * max + logSum();
    }

    /** The logarithm of the sum of exponentials against the largest logit. */
    double logSum() {
        return Math.log(others + own);
    }

    MemorySegment logits() {
        return logits;
    }

    /** {@code -log p} of the target. */
    double surprisal() {
        return surprisal;
    }

    double probability() {
        return own / (others + own);
    }

    /** {@code 1 - p} of the target. */
    double complement() {
        return others / (others + own);
    }

    /** The lowest index of the largest logit that is not NaN. */
    int argmax(long offset) {
        int best = 0;
        float largest = Float.NEGATIVE_INFINITY;
        for (int k = 0; k < classes; k++) {
            float x = logit(offset, k);
            if (x > largest) {
                largest = x;
                best = k;
            }
        }
        return best;
    }

    float logit(long offset, int k) {
        return logits.get(JAVA_FLOAT_UNALIGNED, offset + (long) k * Float.BYTES);
    }

    private double exponentials(long offset, long gradientOffset, int begin, int end) {
        return VectorRow.exponentials(logits, offset, gradients, gradientOffset, begin, end, (float) scale, max);
    }
}
