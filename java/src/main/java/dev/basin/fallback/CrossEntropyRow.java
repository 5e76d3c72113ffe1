package dev.basin.fallback;

import java.lang.foreign.MemorySegment;

/** Cross-entropy of one row against a hard target, with class weights, smoothing and log-Z penalty. */
final class CrossEntropyRow {
    private final double[] classWeights;
    private final double uniform;
    private final double weightSum;
    private final double labelSmoothing;
    private final double logZPenalty;
    private final int ignoreIndex;

    CrossEntropyRow(
            int weightsType, MemorySegment weights, int classes, double labelSmoothing, double logZPenalty, int ignoreIndex) {
        this.classWeights = new double[classes];
        double total = 0;
        for (int k = 0; k < classes; k++) {
            classWeights[k] = Storage.loadOr(1, weightsType, weights, k);
            total += classWeights[k];
        }
        this.weightSum = total;
        this.uniform = labelSmoothing / classes;
        this.labelSmoothing = labelSmoothing;
        this.logZPenalty = logZPenalty;
        this.ignoreIndex = ignoreIndex;
    }

    double loss(SoftmaxRow row, int target, double weight) {
        if (target == ignoreIndex) {
            return 0;
        }
        double total = logZPenalty * row.lse() * row.lse();
        for (int k = 0; k < classWeights.length; k++) {
            double share = classWeights[k] * ((k == target ? 1 - labelSmoothing : 0) + uniform);
            total += share == 0 ? 0 * row.lse() : share * row.negativeLogProbability(k);
        }
        return weight * total;
    }

    /** @param complement 1 - p where {@code k} is the target */
    double gradient(int k, int target, double p, double complement, double lse, double factor) {
        if (target == ignoreIndex) {
            return 0;
        }
        double fromTarget = (1 - labelSmoothing) * classWeights[target];
        double pull = uniform * weightSum + 2 * logZPenalty * lse;
        double own = k == target ? -fromTarget * complement : fromTarget * p;
        return factor * (own + p * pull - uniform * classWeights[k]);
    }
}
