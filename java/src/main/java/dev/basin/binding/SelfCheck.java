package dev.basin.binding;

import dev.basin.DataType;
import dev.basin.kernel.Kernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A first question with a known answer, before a library is trusted with a training run: one AdamW step from a state of
 * zeros, which moves every weight by the learning rate against the sign of its gradient, whatever the gradient's size.
 */
final class SelfCheck {
    private static final float[] GRADIENTS = {0.5f, -0.25f, 1, -2, 4, -8, 16, -0.125f, 3, -5, 7, -9, 11, -13, 15, -17, 19};
    private static final double LEARNING_RATE = 0.125;
    private static final double BETA1 = 0.875;
    private static final double BETA2 = 0.75;
    private static final float TOLERANCE = 1e-5f;

    private SelfCheck() {}

    static void run(Kernels kernels) throws BackendUnavailableException {
        int count = GRADIENTS.length;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment gradients = arena.allocateFrom(ValueLayout.JAVA_FLOAT, GRADIENTS);
            MemorySegment weights = arena.allocate(ValueLayout.JAVA_FLOAT, count);
            MemorySegment firstMoment = arena.allocate(ValueLayout.JAVA_FLOAT, count);
            MemorySegment secondMoment = arena.allocate(ValueLayout.JAVA_FLOAT, count);
            int f32 = DataType.F32.code();
            kernels.optimizer().adamwStep(
                    f32, weights, MemorySegment.NULL, f32, gradients, f32, firstMoment, f32, secondMoment, MemorySegment.NULL,
                    0, count, LEARNING_RATE, BETA1, BETA2, 0, 0, 1, 1);
            for (int i = 0; i < count; i++) {
                float gradient = GRADIENTS[i];
                require("weight", i, weights, (float) (-LEARNING_RATE * Math.signum(gradient)));
                require("first moment", i, firstMoment, (float) ((1 - BETA1) * gradient));
                require("second moment", i, secondMoment, (float) ((1 - BETA2) * gradient * gradient));
            }
        }
    }

    private static void require(String what, int index, MemorySegment values, float expected)
            throws BackendUnavailableException {
        float found = values.getAtIndex(ValueLayout.JAVA_FLOAT, index);
        if (!(Math.abs(found - expected) <= TOLERANCE * Math.abs(expected))) {
            throw new BackendUnavailableException("it fails its first check: after one AdamW step the " + what + " at " + index
                    + " is " + found + " instead of " + expected);
        }
    }
}
