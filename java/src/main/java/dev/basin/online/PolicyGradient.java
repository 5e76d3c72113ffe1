package dev.basin.online;

import dev.basin.Basin;
import dev.basin.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

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
            double sum = 0;
            for (long row = 0; row < rows; row++) {
                sum += gradEtas.get(ValueLayout.JAVA_DOUBLE, row * Double.BYTES);
            }
            return sum;
        } finally {
            basin.scratch().release(gradEtas);
        }
    }
}
