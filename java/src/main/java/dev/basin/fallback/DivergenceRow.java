package dev.basin.fallback;

/**
 * How far a row of logits {@code z} has moved from past ones {@code q}: {@code tau^2 K} with
 * {@code K = sum_k p_k (log p_k - log r_k)}, {@code p = softmax(q / tau)} and {@code r = softmax(z / tau)}.
 *
 * <p>With {@code e_k = (q_k - z_k) / tau} less its mean under p, {@code log p_k - log r_k = e_k + K}. Near each other, where the
 * definition is a small difference of large numbers even in double, {@code K = log1p(sum_k p_k (exp(-e_k) - 1 + e_k))}, of which no
 * term is negative.
 */
final class DivergenceRow {
    private final double[] now;
    private final double[] past;
    private final double tau;
    private final double largest;
    private final double pastLargest;
    private final double logSum;
    private final double pastLogSum;
    private final double mean;
    private final double divergence;

    private DivergenceRow(double[] now, double[] past, double tau) {
        this.now = now;
        this.past = past;
        this.tau = tau;
        this.largest = largest(now);
        this.pastLargest = largest(past);
        this.logSum = logSum(now, largest, tau);
        this.pastLogSum = logSum(past, pastLargest, tau);
        this.mean = mean();
        double direct = mean - pastLogSum + logSum;
        this.divergence = Double.isNaN(logSum) || Double.isNaN(pastLogSum) ? Double.NaN : direct < 1 ? refined() : direct;
    }

    static DivergenceRow of(double[] now, double[] past, double tau) {
        return new DivergenceRow(now, past, tau);
    }

    /** Positive infinity where a class has become impossible; NaN where a row is no distribution. */
    double value() {
        return tau * tau * divergence;
    }

    /** The derivative by a logit. */
    double gradient(int k) {
        double p = pastProbability(k);
        double logRatio = change(k) - mean + divergence;
        double r = Math.exp((now[k] - largest) / tau - logSum);
        return tau * (Math.abs(logRatio) < 1 ? p * Math.expm1(-logRatio) : r - p);
    }

    private double mean() {
        double total = 0;
        for (int k = 0; k < now.length; k++) {
            if (past[k] != Double.NEGATIVE_INFINITY) {
                double p = pastProbability(k);
                total += now[k] == Double.NEGATIVE_INFINITY ? Double.POSITIVE_INFINITY : p == 0 ? 0 : p * change(k);
            }
        }
        return total;
    }

    private double refined() {
        double total = 0;
        for (int k = 0; k < now.length; k++) {
            double p = pastProbability(k);
            double e = change(k) - mean;
            if (Math.abs(e) < 1) {
                total += p * (Math.expm1(-e) + e);
            } else {
                double moved = Math.exp((now[k] - largest) / tau - pastLogSum + mean);
                total += moved - p + (p == 0 ? 0 : p * e);
            }
        }
        return Math.log1p(total);
    }

    /** Of a logit over the temperature, against the largest of its row. */
    private double change(int k) {
        return ((past[k] - now[k]) - (pastLargest - largest)) / tau;
    }

    private double pastProbability(int k) {
        return Math.exp((past[k] - pastLargest) / tau - pastLogSum);
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
