package dev.basin.loss;

/** What every loss against class labels can be told; immutable. */
record LossOptions(Reduction reduction, int ignoreIndex, double gradientScale) {
    static final LossOptions DEFAULTS = new LossOptions(Reduction.MEAN, -100, 1);

    LossOptions {
        if (!Double.isFinite(gradientScale)) {
            throw new IllegalArgumentException("gradientScale must be finite, got " + gradientScale);
        }
    }

    LossOptions reduction(Reduction how) {
        return new LossOptions(how, ignoreIndex, gradientScale);
    }

    LossOptions ignoreIndex(int index) {
        return new LossOptions(reduction, index, gradientScale);
    }

    LossOptions gradientScale(double scale) {
        return new LossOptions(reduction, ignoreIndex, scale);
    }
}
