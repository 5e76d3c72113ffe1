package dev.basin.online;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.dispatch.CommonChecks;

/**
 * Optimistic mirror descent with the entropy, a distribution a row: optimistic Hedge (Chen, Tu, Zhao and Zhang, Optimistic Online Mirror
 * Descent for Bridging Stochastic and Adversarial Online Convex Optimization, ICML 2023, arXiv 2302.04552).
 *
 * <pre>{@code
 * log w' = y - logsumexp(y),  y = log w - eta g;   policy = softmax(log w' - eta' M)
 * }</pre>
 *
 * A hint M of zeros is plain Hedge; the last gradient as hint may be the same tensor.
 *
 * <p><b>Shapes.</b> {@code [rows, actions]}, f32 (f64 on the Java backends); gradient and hint of one row stride, any. Gradients and hints
 * are finite; a logarithm is a number or negative infinity, which stays and stands for a probability of 0, but not in a whole row. Errors are
 * {@link IllegalArgumentException}; outputs are untouched then.
 */
public final class OptimisticHedge {
    private OptimisticHedge() {}

    /**
     * A round.
     *
     * @param logWeights updated; normalised or not before, normalised after
     * @param policy written: what to play next
     * @param eta above 0; 0.25 serves for games
     * @param nextEta above 0
     */
    public static void step(
            Basin basin, Tensor logWeights, Tensor gradient, Tensor hint, Tensor policy, double eta, double nextEta) {
        CommonChecks.positive("eta", eta);
        CommonChecks.positive("nextEta", nextEta);
        Checks.requireShape("gradient", gradient, "logWeights", logWeights);
        Checks.requireShape("hint", hint, "logWeights", logWeights);
        Checks.requireShape("policy", policy, "logWeights", logWeights);
        if (gradient.rowStride() != hint.rowStride()) {
            throw new IllegalArgumentException("hint must have the row stride of gradient, got " + hint + " and " + gradient);
        }
        Checks.requireFinite(basin, "gradient", gradient);
        if (hint != gradient) {
            Checks.requireFinite(basin, "hint", hint);
        }
        if (!Checks.isFinite(basin, logWeights)) {
            requireDistributions(logWeights);
        }
        basin.kernels().online().optimisticHedgeStep(
                logWeights.type().code(), logWeights.memory(), logWeights.rowStride(), gradient.memory(), hint.memory(),
                gradient.rowStride(), logWeights.memory(), logWeights.rowStride(), policy.memory(), policy.rowStride(), 0,
                logWeights.rows(), logWeights.columns(), eta, nextEta);
    }

    private static void requireDistributions(Tensor logWeights) {
        Checks.requireEach("logWeights", logWeights, "numbers or -Infinity", x -> x < Double.POSITIVE_INFINITY);
        for (long row = 0; row < logWeights.rows(); row++) {
            boolean possible = false;
            for (long k = 0; k < logWeights.columns(); k++) {
                possible |= logWeights.get(row * logWeights.columns() + k) > Double.NEGATIVE_INFINITY;
            }
            if (!possible) {
                throw new IllegalArgumentException("logWeights must have an entry above -Infinity in every row, got none in row " + row);
            }
        }
    }
}
