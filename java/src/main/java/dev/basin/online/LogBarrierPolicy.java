package dev.basin.online;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.dispatch.CommonChecks;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Follow-the-regularised-leader with the log-barrier, for losses that may be as negative as they like (Dai, Luo, Wei and Zimmert, Refined
 * Regret for Adversarial MDPs with Linear Function Approximation, ICML 2023, arXiv 2301.12942).
 *
 * <pre>{@code
 * p = argmin over the simplex of <p, C> + (1 / eta) sum_a log(1 / p_a)
 *   = 1 / (eta (C_a + shift)),   shift > -min C the number for which p sums to 1
 * }</pre>
 *
 * The shift is found by Newton's method from below, so that no bracket is needed: at most 7 steps for a thousand actions. A probability is
 * never 0: after a gap of {@code x} it is about {@code 1 / (eta x)}. The paper's text could not be had; the rule is its update, the root
 * finding and the gradient are ours.
 *
 * <p><b>Shapes.</b> Cumulative losses and policies {@code [states, actions]}, f32 (f64 on the Java backends), any row stride; shifts
 * {@code [states]}. Losses must be finite; every state is on its own. Errors are {@link IllegalArgumentException}; outputs are untouched
 * then. Immutable.
 */
public final class LogBarrierPolicy {
    private final double learningRate;

    /** @param learningRate {@code eta}, finite and above 0; the paper's theory takes at most 1 */
    public LogBarrierPolicy(double learningRate) {
        this.learningRate = CommonChecks.positive("learningRate", learningRate);
    }

    /** @param shifts where the shifts go; null if they are not wanted */
    public void policy(Basin basin, Tensor cumulativeLosses, Tensor policy, @Nullable Tensor shifts) {
        Checks.requireShape("policy", policy, "cumulativeLosses", cumulativeLosses);
        if (shifts != null) {
            Checks.requireVector("shifts", shifts, policy.rows());
        }
        Checks.requireFinite(basin, "cumulativeLosses", cumulativeLosses);
        basin.kernels().online().logBarrierPolicy(
                policy.type().code(), cumulativeLosses.memory(), cumulativeLosses.rowStride(), policy.memory(), policy.rowStride(),
                shifts == null ? MemorySegment.NULL : shifts.memory(), 0, policy.rows(), policy.columns(), learningRate);
    }

    /**
     * The way back: with {@code m = sum g p^2 / sum p^2} the gradient by {@code C_a} is {@code -eta p_a^2 (g_a - m)}; tensors without gaps.
     *
     * @return the gradient by the learning rate, {@code (1 / eta) sum C_a dC_a} over all states
     */
    public double backward(Basin basin, Tensor policy, Tensor gradPolicy, Tensor cumulativeLosses, Tensor gradCumulativeLosses) {
        return PolicyGradient.backward(
                basin, policy, gradPolicy, cumulativeLosses, gradCumulativeLosses, learningRate, PolicyGradient.LOG_BARRIER);
    }
}
