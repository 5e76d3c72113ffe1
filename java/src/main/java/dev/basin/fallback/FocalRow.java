package dev.basin.fallback;

/** The focal loss of one row that counts. */
final class FocalRow {
    private FocalRow() {}

    static double loss(SoftmaxRow row, int target, double alpha, double gamma) {
        double focus = alpha * Math.pow(row.complement(target), gamma);
        return focus == 0 ? 0 : focus * row.negativeLogProbability(target);
    }

    /** What multiplies {@code p - onehot} in the gradient. */
    static double coefficient(SoftmaxRow row, int target, double alpha, double gamma) {
        double p = row.probability(target);
        double q = row.complement(target);
        double ratio = q == 0 ? 1 : row.negativeLogProbability(target) / q;
        double slope = p == 0 ? 0 : gamma * p * ratio;
        return alpha * Math.pow(q, gamma) * (1 + slope);
    }
}
