package dev.basin.loss;

import org.jspecify.annotations.Nullable;

/** What every loss against class labels can be told; immutable. A divisor of null is counted. */
record LossOptions(Reduction reduction, int ignoreIndex, double gradientScale, @Nullable Double meanDivisor) {
    static final LossOptions DEFAULTS = new LossOptions(Reduction.MEAN, -100, 1, null);

    LossOptions {
        if (!Double.isFinite(gradientScale)) {
            throw new IllegalArgumentException("gradientScale must be finite, got " + gradientScale);
        }
        if (meanDivisor != null && !(meanDivisor >= 0 && Double.isFinite(meanDivisor))) {
            throw new IllegalArgumentException("meanDivisor must be finite and at least 0, got " + meanDivisor);
        }
    }

    LossOptions reduction(Reduction how) {
        return new LossOptions(how, ignoreIndex, gradientScale, meanDivisor);
    }

    LossOptions ignoreIndex(int index) {
        return new LossOptions(reduction, index, gradientScale, meanDivisor);
    }

    LossOptions gradientScale(double scale) {
        return new LossOptions(reduction, ignoreIndex, scale, meanDivisor);
    }

    LossOptions meanDivisor(double divisor) {
        return new LossOptions(reduction, ignoreIndex, gradientScale, divisor);
    }
}
