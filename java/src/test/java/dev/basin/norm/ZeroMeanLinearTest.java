package dev.basin.norm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.TestBackends;
import dev.basin.Tensor;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ZeroMeanLinearTest {
    private static final int ROWS = 4;
    private static final int INPUTS = 3;
    private static final int OUTPUTS = 5;

    private final Basin reference = TestBackends.reference();
    private final Random random = new Random(8);
    private final Tensor x = doubles(ROWS, INPUTS);
    private final Tensor weight = doubles(OUTPUTS, INPUTS);
    private final Tensor bias = doubles(OUTPUTS);
    private final Tensor gradY = doubles(ROWS, OUTPUTS);

    @AfterEach
    void close() {
        reference.close();
    }

    @Test
    void theWorkedExampleOfALinearThatWrites() {
        Tensor y = zeros(1, 3);
        ZeroMeanLinear.forward(reference, Tensor.of(new double[] {1, 0}, 1, 2), Tensor.of(new double[] {1, 2, 3, -1, 2, 5}, 3, 2),
                Tensor.of(new double[] {.1, .2, .6}, 3), y);
        assertArrayEquals(new double[] {-1.2, .9, .3}, values(y), 1e-15);
    }

    @Test
    void gradientsAgreeWithCentralDifferences() {
        Tensor gradX = zeros(ROWS, INPUTS);
        Tensor gradWeight = zeros(OUTPUTS, INPUTS);
        Tensor gradBias = zeros(OUTPUTS);
        ZeroMeanLinear.backward(reference, gradY, x, weight, gradX, gradWeight, gradBias, false);
        assertGradient(x, gradX);
        assertGradient(weight, gradWeight);
        assertGradient(bias, gradBias);
    }

    @Test
    void gradientsOfParametersAreAddedWhereAsked() {
        Tensor once = zeros(OUTPUTS, INPUTS);
        Tensor twice = zeros(OUTPUTS, INPUTS);
        Tensor onceBias = zeros(OUTPUTS);
        Tensor twiceBias = zeros(OUTPUTS);
        ZeroMeanLinear.backward(reference, gradY, x, weight, null, once, onceBias, false);
        ZeroMeanLinear.backward(reference, gradY, x, weight, null, twice, twiceBias, true);
        ZeroMeanLinear.backward(reference, gradY, x, weight, null, twice, twiceBias, true);
        assertArrayEquals(doubled(once), values(twice), 1e-14);
        assertArrayEquals(doubled(onceBias), values(twiceBias), 1e-14);
    }

    @Test
    void outputsHaveZeroMeanWhereTheWeightsHaveALargeOne() {
        float[] large = new float[OUTPUTS * INPUTS];
        for (int i = 0; i < large.length; i++) {
            large[i] = 4096 + i / 1024f;
        }
        float[] y = new float[ROWS * OUTPUTS];
        Tensor input = Tensor.of(new float[] {1, -2, 3, 4, -5, 6, 7, 8, -9, 1, 1, 1}, ROWS, INPUTS);
        ZeroMeanLinear.forward(reference, input, Tensor.of(large, OUTPUTS, INPUTS), null, Tensor.of(y, ROWS, OUTPUTS));
        for (int row = 0; row < ROWS; row++) {
            double sum = input.get(row * INPUTS) + input.get(row * INPUTS + 1) + input.get(row * INPUTS + 2);
            for (int output = 0; output < OUTPUTS; output++) {
                assertEquals((output - 2) * INPUTS * sum / 1024, y[row * OUTPUTS + output], 1e-7);
            }
        }
    }

    @Test
    void whatDoesNotFitIsRefusedAndNothingWritten() {
        Tensor y = zeros(ROWS, OUTPUTS);
        assertRefused("weight must have 5 rows of 3", () -> ZeroMeanLinear.forward(reference, x, doubles(OUTPUTS, 2), null, y));
        assertRefused("bias must have 5 elements", () -> ZeroMeanLinear.forward(reference, x, weight, doubles(4), y));
        assertRefused("y must have 4 rows of 5", () -> ZeroMeanLinear.forward(reference, x, weight, bias, zeros(ROWS, 4)));
        assertRefused("tensors must all be f64 or none", () -> ZeroMeanLinear.forward(
                reference, x, weight, bias, Tensor.of(new float[ROWS * OUTPUTS], ROWS, OUTPUTS)));
        assertRefused("gradWeight must be memory of its own",
                () -> ZeroMeanLinear.backward(reference, gradY, x, weight, zeros(ROWS, INPUTS), weight, null, false));
        Tensor constant = Tensor.of(y.memory().asReadOnly(), DataType.F64, ROWS, OUTPUTS);
        assertRefused("y is written to, but it is read-only", () -> ZeroMeanLinear.forward(reference, x, weight, bias, constant));
        Tensor closed;
        try (Arena arena = Arena.ofConfined()) {
            closed = Tensor.allocate(arena, DataType.F64, ROWS, OUTPUTS);
        }
        assertRefused("y must be alive", () -> ZeroMeanLinear.forward(reference, x, weight, bias, closed));
        assertArrayEquals(new double[ROWS * OUTPUTS], values(y));
    }

    private void assertGradient(Tensor input, Tensor gradient) {
        double step = 1e-3;
        for (int i = 0; i < input.size(); i++) {
            double value = input.get(i);
            input.set(i, value + step);
            double above = loss();
            input.set(i, value - step);
            double below = loss();
            input.set(i, value);
            assertEquals((above - below) / (2 * step), gradient.get(i), 1e-11);
        }
    }

    private double loss() {
        Tensor y = zeros(ROWS, OUTPUTS);
        ZeroMeanLinear.forward(reference, x, weight, bias, y);
        double loss = 0;
        for (int i = 0; i < y.size(); i++) {
            loss += y.get(i) * gradY.get(i);
        }
        return loss;
    }

    private static void assertRefused(String reason, org.junit.jupiter.api.function.Executable call) {
        var refusal = assertThrows(IllegalArgumentException.class, call);
        assertTrue(refusal.getMessage().startsWith(reason), refusal.getMessage());
    }

    private Tensor doubles(long... shape) {
        return Tensor.of(random.doubles(size(shape), -1, 1).toArray(), shape);
    }

    private static Tensor zeros(long... shape) {
        return Tensor.of(new double[(int) size(shape)], shape);
    }

    private static long size(long[] shape) {
        return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    }

    private static double[] doubled(Tensor tensor) {
        return Arrays.stream(values(tensor)).map(value -> 2 * value).toArray();
    }

    private static double[] values(Tensor tensor) {
        return tensor.memory().toArray(java.lang.foreign.ValueLayout.JAVA_DOUBLE);
    }
}
