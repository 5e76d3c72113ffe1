package dev.basin.fallback;

import java.lang.foreign.MemorySegment;

/** A row of scaled logits with what a softmax makes of it. */
final class SoftmaxRow {
    private final double[] logits;
    private final double[] exponentials;
    private final double max;
    private final double sum;
    private final int argmax;

    private SoftmaxRow(double[] logits, int argmax) {
        this.logits = logits;
        this.argmax = argmax;
        this.max = logits[argmax];
        this.exponentials = new double[logits.length];
        double total = 0;
        for (int k = 0; k < logits.length; k++) {
            exponentials[k] = Math.exp(logits[k] - max);
            total += exponentials[k];
        }
        this.sum = total;
    }

    /** Loads a row; the largest logit is the first of the largest that are not NaN. */
    static SoftmaxRow load(int type, MemorySegment memory, long offset, int classes, double scale) {
        double[] logits = new double[classes];
        for (int k = 0; k < classes; k++) {
            logits[k] = scale * Storage.load(type, memory, offset + k);
        }
        return new SoftmaxRow(logits, firstLargest(logits));
    }

    private static int firstLargest(double[] values) {
        int best = 0;
        double largest = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < values.length; k++) {
            if (values[k] > largest) {
                largest = values[k];
                best = k;
            }
        }
        return best;
    }

    int argmax() {
        return argmax;
    }

    double logit(int k) {
        return logits[k];
    }

    /** NaN for a row with a NaN or a positive infinity, or with nothing above negative infinity. */
    double lse() {
        return max + Math.log(sum);
    }

    double probability(int k) {
        return exponentials[k] / sum;
    }

    /** {@code 1 - probability(k)} as the sum of the others, exact where the probability is near 1. */
    double complement(int k) {
        double others = 0;
        for (int j = 0; j < exponentials.length; j++) {
            others += j == k ? 0 : exponentials[j];
        }
        return Double.isNaN(sum) ? Double.NaN : others / sum;
    }

    /** {@code -log probability(k)}, exact where the probability is near 1. */
    double negativeLogProbability(int k) {
        double p = probability(k);
        return p > 0.5 ? -Math.log1p(-complement(k)) : lse() - logits[k];
    }
}
