package dev.basin.distributed;

import dev.basin.dispatch.CommonChecks;

/** Step sizes and weights of error feedback (Richtarik et al., arXiv 2402.10774), from the smoothness constants of the workers' functions. */
public final class ErrorFeedbackTheory {
    private ErrorFeedbackTheory() {}

    /** Which mean of the workers' constants. */
    public enum Mean {
        /** That of the older theory: the root of the mean square. */
        QUADRATIC,
        /** That of this paper, for EF21-W and for EF21. */
        ARITHMETIC
    }

    /**
     * {@code gamma = 1 / (L + M xi)}, {@code xi = (1 + sqrt(1 - alpha)) / alpha - 1}.
     *
     * @param smoothness L, of the mean of the functions
     * @param workers their constants, each above 0
     * @param alpha what of a difference is sure to arrive, above 0 and at most 1; see {@link Compressor#share}
     */
    public static double stepSize(double smoothness, double[] workers, double alpha, Mean mean) {
        CommonChecks.positive("smoothness", smoothness);
        if (!(alpha > 0) || alpha > 1) {
            throw new IllegalArgumentException("alpha must be above 0 and at most 1, got " + alpha);
        }
        requireWorkers(workers);
        double total = 0;
        for (double constant : workers) {
            total += mean == Mean.QUADRATIC ? constant * constant : constant;
        }
        double average = total / workers.length;
        double of = mean == Mean.QUADRATIC ? Math.sqrt(average) : average;
        return 1 / (smoothness + of * ((1 + Math.sqrt(1 - alpha)) / alpha - 1));
    }

    /** The weights of EF21-W, {@code L_i / sum L_j}. */
    public static double[] weights(double[] workers) {
        requireWorkers(workers);
        double total = 0;
        for (double constant : workers) {
            total += constant;
        }
        double[] weights = new double[workers.length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = workers[i] / total;
        }
        return weights;
    }

    private static void requireWorkers(double[] workers) {
        if (workers.length == 0) {
            throw new IllegalArgumentException("workers must have a constant each, got none");
        }
        for (double constant : workers) {
            CommonChecks.positive("a worker's smoothness", constant);
        }
    }
}
