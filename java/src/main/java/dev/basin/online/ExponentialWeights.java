package dev.basin.online;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.dispatch.CommonChecks;

/**
 * Follow-the-regularised-leader with the negative entropy, {@code p = softmax(-eta C)}: the second algorithm of Dai, Luo, Wei and Zimmert
 * (Refined Regret for Adversarial MDPs with Linear Function Approximation, ICML 2023, arXiv 2301.12942), and what
 * {@link LogBarrierPolicy} is held against. Its guarantee asks for {@code eta} times a loss of at least -1.
 *
 * <p>Shapes, types and errors as there.
 */
public final class ExponentialWeights {
    private final double learningRate;

    /** @param learningRate {@code eta}, finite and above 0 */
    public ExponentialWeights(double learningRate) {
        this.learningRate = CommonChecks.positive("learningRate", learningRate);
    }

    /** The policy of each state. */
    public void policy(Basin basin, Tensor cumulativeLosses, Tensor policy) {
        Checks.requireShape("policy", policy, "cumulativeLosses", cumulativeLosses);
        Checks.requireFinite(basin, "cumulativeLosses", cumulativeLosses);
        basin.kernels().online().exponentialWeightsPolicy(
                policy.type().code(), cumulativeLosses.memory(), cumulativeLosses.rowStride(), policy.memory(), policy.rowStride(),
                0, policy.rows(), policy.columns(), learningRate);
    }

    /**
     * The way back: the gradient by {@code C_a} is {@code -eta p_a (g_a - <g, p>)}; tensors without gaps.
     *
     * @return the gradient by the learning rate over all states
     */
    public double backward(Basin basin, Tensor policy, Tensor gradPolicy, Tensor cumulativeLosses, Tensor gradCumulativeLosses) {
        return PolicyGradient.backward(
                basin, policy, gradPolicy, cumulativeLosses, gradCumulativeLosses, learningRate, PolicyGradient.ENTROPY);
    }
}
