package dev.basin.fallback;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/** Cross-entropy of one row after the other in float. */
final class FastCrossEntropy implements FastRowLoss {
    private final MemorySegment classWeights;
    private final int classes;
    private final double scale;
    private final double labelSmoothing;
    private final double uniform;
    private final double logZPenalty;
    private final double weightSum;

    FastCrossEntropy(
            MemorySegment classWeights, int classes, double scale, double labelSmoothing, double logZPenalty) {
        this.classWeights = classWeights;
        this.classes = classes;
        this.scale = scale;
        this.labelSmoothing = labelSmoothing;
        this.uniform = labelSmoothing / classes;
        this.logZPenalty = logZPenalty;
        this.weightSum = uniform == 0 ? 0 : sumOfWeights();
    }

    @Override
    public double run(FastSoftmaxRow row, long offset, long gradientOffset, int target, double factor) {
        double distance = uniform == 0 ? 0 : weightedDistance(row, offset, VectorRow.max(row.logits(), offset, classes));
        row.measure(offset, gradientOffset, target);
        double fromTarget = (1 - labelSmoothing) * weightOf(target);
        double lse = row.lse();
        double pull = uniform * weightSum + 2 * logZPenalty * lse;
        double atTarget = -fromTarget * row.complement() + pull * row.probability() - uniform * weightOf(target);
        row.writeGradient(gradientOffset, target, factor * (fromTarget + pull), -factor * uniform, classWeights,
                factor * atTarget);
        return logZPenalty * lse * lse
                + (fromTarget == 0 ? 0 * lse : fromTarget * row.surprisal())
                + (uniform == 0 ? 0 : uniform * (distance + row.logSum() * weightSum));
    }

    /** The sum of {@code weight * (max - logit)}, scaled; terms without weight are 0 whatever the logit. */
    private double weightedDistance(FastSoftmaxRow row, long offset, float max) {
        double total = 0;
        for (int k = 0; k < classes; k++) {
            double weight = weightOf(k);
            total += weight == 0 ? 0 : weight * (scale * (max - (double) row.logit(offset, k)));
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
}
