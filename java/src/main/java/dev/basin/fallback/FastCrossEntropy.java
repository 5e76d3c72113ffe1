package dev.basin.fallback;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * Cross-entropy of one row after the other in float. The target's exponential stays out of the sum of the others, so that loss
 * and gradient keep their digits where the target's probability is near 1.
 */
final class FastCrossEntropy {
    private final MemorySegment logits;
    private final MemorySegment gradients;
    private final MemorySegment classWeights;
    private final int classes;
    private final double scale;
    private final double labelSmoothing;
    private final double uniform;
    private final double logZPenalty;
    private final double weightSum;

    private double loss;
    private double lse;

    FastCrossEntropy(
            MemorySegment logits, MemorySegment gradients, MemorySegment classWeights, int classes, double scale,
            double labelSmoothing, double logZPenalty) {
        this.logits = logits;
        this.gradients = gradients;
        this.classWeights = classWeights;
        this.classes = classes;
        this.scale = scale;
        this.labelSmoothing = labelSmoothing;
        this.uniform = labelSmoothing / classes;
        this.logZPenalty = logZPenalty;
        this.weightSum = uniform == 0 ? 0 : sumOfWeights();
    }

    double loss() {
        return loss;
    }

    double lse() {
        return lse;
    }

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

    /** Offsets in bytes; an ignored row has neither loss nor gradient, and its target may be anything. */
    void run(long offset, long gradientOffset, int target, boolean ignored, double weight, double factor) {
        int split = ignored ? 0 : target;
        float max = VectorRow.max(logits, offset, classes);
        double distance = uniform == 0 || ignored ? 0 : weightedDistance(offset, max);
        float targetLogit = logit(offset, split);
        double others = exponentials(offset, gradientOffset, 0, split, max)
                + exponentials(offset, gradientOffset, split + 1, classes, max);
        double own = Math.exp(scale * (targetLogit - (double) max));
        double sum = others + own;
        lse = scale * max + Math.log(sum);
        if (ignored) {
            loss = 0;
            clear(gradientOffset);
            return;
        }
        double above = scale * (max - (double) targetLogit);
        double negativeLogProbability = above == 0 ? Math.log1p(others) : above + Math.log(sum);
        double fromTarget = (1 - labelSmoothing) * weightOf(target);
        double total = logZPenalty * lse * lse
                + (fromTarget == 0 ? 0 * lse : fromTarget * negativeLogProbability)
                + (uniform == 0 ? 0 : uniform * (distance + Math.log(sum) * weightSum));
        loss = weight * total;
        if (!Storage.isAbsent(gradients)) {
            double pull = uniform * weightSum + 2 * logZPenalty * lse;
            VectorRow.scale(gradients, gradientOffset, classes, (float) (factor * (fromTarget + pull) / sum),
                    (float) (-factor * uniform), classWeights);
            double gradient = factor * (-fromTarget * (others / sum) + pull * (own / sum) - uniform * weightOf(target));
            gradients.set(JAVA_FLOAT_UNALIGNED, gradientOffset + (long) target * Float.BYTES, (float) gradient);
        }
    }

    private double exponentials(long offset, long gradientOffset, int begin, int end, float max) {
        return VectorRow.exponentials(logits, offset, gradients, gradientOffset, begin, end, (float) scale, max);
    }

    private void clear(long gradientOffset) {
        if (!Storage.isAbsent(gradients)) {
            gradients.asSlice(gradientOffset, (long) classes * Float.BYTES).fill((byte) 0);
        }
    }

    /** The sum of {@code weight * (max - logit)}, scaled; terms without weight are 0 whatever the logit. */
    private double weightedDistance(long offset, float max) {
        double total = 0;
        for (int k = 0; k < classes; k++) {
            double weight = weightOf(k);
            total += weight == 0 ? 0 : weight * (scale * (max - (double) logit(offset, k)));
        }
        return total;
    }

    private double sumOfWeights() {
        double total = 0;
        for (int k = 0; k < classes; k++) {
            total += weightOf(k);
        }
        return total;
    }

    private double weightOf(int k) {
        return Storage.isAbsent(classWeights) ? 1 : classWeights.get(JAVA_FLOAT_UNALIGNED, (long) k * Float.BYTES);
    }

    private float logit(long offset, int k) {
        return logits.get(JAVA_FLOAT_UNALIGNED, offset + (long) k * Float.BYTES);
    }
}
