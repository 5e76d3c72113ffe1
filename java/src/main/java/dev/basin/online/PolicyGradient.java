package dev.basin.online;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.dispatch.Partials;
import java.lang.foreign.MemorySegment;

/** The way back through a policy of follow-the-regularised-leader, whichever the regulariser is. */
final class PolicyGradient {
    static final int LOG_BARRIER = 2;
    static final int ENTROPY = 1;

    private PolicyGradient() {}

    static double backward(
            Basin basin, Tensor policy, Tensor gradPolicy, Tensor cumulativeLosses, Tensor gradLosses, double learningRate, int power) {
        Checks.requireShape("policy", policy, "cumulativeLosses", cumulativeLosses);
        Checks.requireShape("gradPolicy", gradPolicy, "cumulativeLosses", cumulativeLosses);
        Checks.requireShape("gradLosses", gradLosses, "cumulativeLosses", cumulativeLosses);
        Checks.requireContiguous("policy", policy);
        Checks.requireContiguous("gradPolicy", gradPolicy);
        Checks.requireContiguous("cumulativeLosses", cumulativeLosses);
        Checks.requireContiguous("gradLosses", gradLosses);
        long rows = policy.rows();
        MemorySegment gradEtas = basin.scratch().acquire(rows * Double.BYTES);
        try {
            basin.kernels().online().policyBackward(
                    policy.type().code(), policy.memory(), gradPolicy.memory(), cumulativeLosses.memory(), gradLosses.memory(), gradEtas,
                    0, rows, policy.columns(), learningRate, power);
            return Partials.sum(gradEtas, rows);
        } finally {
            basin.scratch().release(gradEtas);
        }
    }
}
