package dev.basin.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.TestBackends;
import java.lang.foreign.Arena;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinearCrossEntropyTest {
    private static final int ROWS = 37;
    private static final int WIDTH = 12;

    private final Random random = new Random(2);

    /** With 200,000 classes a block is some thirty rows. */
    @ParameterizedTest
    @CsvSource({"java, 50", "panama, 50", "panama, 200000"})
    void isTheLossOfTheLogitsThatAreNeverThere(String backend, int classes) {
        float[] hidden = normal(ROWS * WIDTH);
        float[] weight = normal(classes * WIDTH);
        float[] bias = normal(classes);
        int[] targets = new int[ROWS];
        for (int i = 0; i < ROWS; i++) {
            targets[i] = i % 7 == 0 ? -100 : random.nextInt(classes);
        }
        CrossEntropy loss = new CrossEntropy().labelSmoothing(.1);
        try (Basin basin = TestBackends.open(backend)) {
            float[] logits = new float[ROWS * classes];
            basin.gemm().multiply(false, true, ROWS, classes, WIDTH, 1, hidden, weight, 0, logits);
            for (int i = 0; i < logits.length; i++) {
                logits[i] += bias[i % classes];
            }
            Tensor both = Tensor.of(logits, ROWS, classes);
            double expected = loss.forwardBackward(basin, both, Tensor.of(targets), both);
            float[] expectedHidden = new float[ROWS * WIDTH];
            basin.gemm().multiply(false, false, ROWS, WIDTH, classes, 1, logits, weight, 0, expectedHidden);
            float[] expectedWeight = normal(classes * WIDTH);
            float[] gradWeight = expectedWeight.clone();
            basin.gemm().multiply(true, false, classes, WIDTH, ROWS, 1, logits, hidden, 1, expectedWeight);

            float[] gradHidden = new float[ROWS * WIDTH];
            float[] gradBias = new float[classes];
            double found = new LinearCrossEntropy(loss).forwardBackward(basin, Tensor.of(hidden, ROWS, WIDTH),
                    Tensor.of(weight, classes, WIDTH), Tensor.of(bias), Tensor.of(targets), Tensor.of(gradHidden, ROWS, WIDTH),
                    Tensor.of(gradWeight, classes, WIDTH), Tensor.of(gradBias), true);
            assertEquals(expected, found, 1e-6 * expected);
            assertArrayEquals(expectedHidden, gradHidden, 2e-6f);
            assertArrayEquals(expectedWeight, gradWeight, 2e-6f);
            for (int k = 0; k < classes; k += 1 + classes / 50) {
                double sum = 0;
                for (int row = 0; row < ROWS; row++) {
                    sum += logits[row * classes + k];
                }
                assertEquals(sum, gradBias[k], 1e-6);
            }
        }
    }

    @Test
    void memoryOutsideOfTheHeapIsCopied() {
        try (Basin basin = TestBackends.open("java"); Arena arena = Arena.ofConfined()) {
            Tensor hidden = Tensor.allocate(arena, DataType.F32, 3, 2);
            Tensor weight = Tensor.allocate(arena, DataType.F32, 4, 2);
            Tensor gradWeight = Tensor.allocate(arena, DataType.F32, 4, 2);
            hidden.set(0, 1);
            double loss = new LinearCrossEntropy(new CrossEntropy()).forwardBackward(
                    basin, hidden, weight, null, Tensor.of(new int[3]), null, gradWeight, null, false);
            assertEquals(Math.log(4), loss, 1e-6);
            assertEquals(-.25, gradWeight.get(0), 1e-6);
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        try (Basin basin = TestBackends.open("java")) {
            LinearCrossEntropy linear = new LinearCrossEntropy(new CrossEntropy());
            Tensor hidden = Tensor.of(new float[6], 3, 2);
            assertThrows(IllegalArgumentException.class, () -> linear.forwardBackward(
                    basin, hidden, Tensor.of(new float[12], 4, 3), null, Tensor.of(new int[3]), null, null, null, false));
            assertThrows(IllegalArgumentException.class, () -> linear.forwardBackward(
                    basin, hidden, Tensor.of(new float[8], 4, 2), null, Tensor.of(new int[] {0, 4, 0}), null, null, null, false));
        }
    }

    private float[] normal(int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
