package dev.basin.fallback;

/**
 * How far a row of logits {@code z} has moved from past ones {@code q}: {@code tau^2 sum p (log p - log r)} with
 * {@code p = softmax(q / tau)} and {@code r = softmax(z / tau)}.
 *
 * <p>A logarithm of the ratio is a difference of differences, {@code (q_k - z_k) / tau} less that of the logarithms of the sums: 0
 * for equal rows.
 */
final class DivergenceRow {
    private final double[] now;
    private final double[] past;
    private final double tau;
    private final double logSum;
    private final double pastLogSum;
    private final double largest;
    private final double pastLargest;

    private DivergenceRow(double[] now, double[] past, double tau) {
        this.now = now;
        this.past = past;
        this.tau = tau;
        this.largest = largest(now);
        this.pastLargest = largest(past);
        this.logSum = logSum(now, largest, tau);
        this.pastLogSum = logSum(past, pastLargest, tau);
    }

    static DivergenceRow of(double[] now, double[] past, double tau) {
        return new DivergenceRow(now, past, tau);
    }

    /** Positive infinity where a class has become impossible; NaN where a row is no distribution. */
    double value() {
        double total = 0;
        for (int k = 0; k < now.length; k++) {
            if (past[k] != Double.NEGATIVE_INFINITY) {
                double p = pastProbability(k);
                total += now[k] == Double.NEGATIVE_INFINITY ? Double.POSITIVE_INFINITY : p == 0 ? 0 : p * logRatio(k);
            }
        }
        return Double.isNaN(logSum) || Double.isNaN(pastLogSum) ? Double.NaN : tau * tau * total;
    }

    /** The derivative by a logit. */
    double gradient(int k) {
        double ratio = logRatio(k);
        double p = pastProbability(k);
        boolean isNear = Math.abs(ratio) < 1;
        return tau * (isNear ? p * Math.expm1(-ratio) : probability(k) - p);
    }

    private double probability(int k) {
        return Math.exp((now[k] - largest) / tau - logSum);
    }

    private double pastProbability(int k) {
        return Math.exp((past[k] - pastLargest) / tau - pastLogSum);
    }

    private double logRatio(int k) {
        return ((past[k] - now[k]) - (pastLargest - largest)) / tau - (pastLogSum - logSum);
    }

    private static double largest(double[] row) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double logit : row) {
            largest = Math.max(largest, logit);
        }
        return largest;
    }

    /** Against the largest; NaN for a row with a NaN or a positive infinity, or with nothing above negative infinity. */
    private static double logSum(double[] row, double largest, double tau) {
        double total = 0;
        for (double logit : row) {
            total += Math.exp((logit - largest) / tau);
        }
        return Math.log(total);
    }
}
