package dev.basin.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.basin.BFloat16;
import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.TestBackends;
import dev.basin.loss.LinearCrossEntropy.Gradients;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinearCrossEntropyTest {
    private static final int ROWS = 37;
    private static final int WIDTH = 12;

    private final Random random = new Random(2);

    private static Map<String, ClassificationLoss<?>> losses() {
        float[] temperatures = new float[ROWS];
        for (int i = 0; i < ROWS; i++) {
            temperatures[i] = 1 + .01f * i;
        }
        return Map.of("cross-entropy", new CrossEntropy().labelSmoothing(.1f), "comp-sum", new CompSum(.5), "Z-loss", new ZLoss(),
                "LDR", new LdrKl(), "focal", new FocalCrossEntropy(), "margins", new SvmLoss(),
                "ALDR", new AldrKl().temperatures(Tensor.of(temperatures), Tensor.of(new float[ROWS])));
    }

    /** A layer and its loss, and what they give by way of all logits. */
    private final class Layer {
        final int classes;
        final ClassificationLoss<?> loss;
        final float[] hidden = normal(ROWS * WIDTH);
        final float[] weight;
        final float[] bias;
        final float[] weights = new float[ROWS];
        final int[] targets = new int[ROWS];

        Layer(int classes, ClassificationLoss<?> loss) {
            this.classes = classes;
            this.loss = loss;
            weight = normal(classes * WIDTH);
            bias = normal(classes);
            for (int i = 0; i < ROWS; i++) {
                targets[i] = i % 7 == 0 ? -100 : random.nextInt(classes);
                weights[i] = 1 + i % 3;
            }
        }

        RowBuffers buffers(float[] losses) {
            return RowBuffers.NONE.rowWeights(Tensor.of(weights)).losses(Tensor.of(losses));
        }

        void requireSameAsMaterialised(Basin basin, String what) {
            float[] logits = new float[ROWS * classes];
            basin.gemm().multiply(false, true, ROWS, classes, WIDTH, 1, hidden, weight, 0, logits);
            for (int i = 0; i < logits.length; i++) {
                logits[i] += bias[i % classes];
            }
            Tensor both = Tensor.of(logits, ROWS, classes);
            float[] expectedLosses = new float[ROWS];
            double expected = loss.forwardBackward(basin, both, Tensor.of(targets), both, buffers(expectedLosses));
            float[] expectedHidden = new float[ROWS * WIDTH];
            basin.gemm().multiply(false, false, ROWS, WIDTH, classes, 1, logits, weight, 0, expectedHidden);
            float[] expectedWeight = normal(classes * WIDTH);
            float[] gradWeight = expectedWeight.clone();
            basin.gemm().multiply(true, false, classes, WIDTH, ROWS, 1, logits, hidden, 1, expectedWeight);

            float[] gradHidden = new float[ROWS * WIDTH];
            float[] gradBias = new float[classes];
            float[] losses = new float[ROWS];
            double found = new LinearCrossEntropy(loss).forwardBackward(basin, Tensor.of(hidden, ROWS, WIDTH),
                    Tensor.of(weight, classes, WIDTH), Tensor.of(bias), Tensor.of(targets),
                    new Gradients(Tensor.of(gradHidden, ROWS, WIDTH), Tensor.of(gradWeight, classes, WIDTH), Tensor.of(gradBias), true),
                    buffers(losses));
            assertEquals(expected, found, 2e-6 * Math.abs(expected), what);
            assertArrayEquals(expectedLosses, losses, 2e-5f * (float) Math.abs(expected), what);
            assertArrayEquals(expectedHidden, gradHidden, 2e-6f * largest(expectedHidden), what);
            assertArrayEquals(expectedWeight, gradWeight, 2e-6f * largest(expectedWeight), what);
            for (int k = 0; k < classes; k += 1 + classes / 50) {
                double sum = 0;
                for (int row = 0; row < ROWS; row++) {
                    sum += logits[row * classes + k];
                }
                assertEquals(sum, gradBias[k], 1e-6 * Math.max(1, Math.abs(sum)), what);
            }
        }
    }

    private static float largest(float[] values) {
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return Math.max(1, largest);
    }

    /** With 200,000 classes a block is some twenty rows. */
    @ParameterizedTest
    @CsvSource({"java, 50", "panama, 50", "panama, 200000"})
    void isTheLossOfTheLogitsThatAreNeverThere(String backend, int classes) {
        try (Basin basin = TestBackends.open(backend)) {
            losses().forEach((name, loss) -> new Layer(classes, loss).requireSameAsMaterialised(basin, name));
        }
    }

    /** The same numbers in bf16, and outside of the heap, give the same bits; so does another number of threads. */
    @Test
    void neitherStorageNorThreadsChangeTheBits() {
        Layer layer = new Layer(200_000, new CrossEntropy());
        for (float[] values : new float[][] {layer.hidden, layer.weight}) {
            for (int i = 0; i < values.length; i++) {
                values[i] = BFloat16.toFloat(BFloat16.fromDouble(values[i]));
            }
        }
        float[] gradHidden = new float[ROWS * WIDTH];
        float[] gradWeight = new float[layer.weight.length];
        double expected;
        try (Basin one = TestBackends.open(Basin.Options.defaults().backend("panama").threads(1))) {
            expected = new LinearCrossEntropy(layer.loss).forwardBackward(one, Tensor.of(layer.hidden, ROWS, WIDTH),
                    Tensor.of(layer.weight, layer.classes, WIDTH), null, Tensor.of(layer.targets),
                    new Gradients(Tensor.of(gradHidden, ROWS, WIDTH), Tensor.of(gradWeight, layer.classes, WIDTH), null, false));
        }
        try (Basin three = TestBackends.open(Basin.Options.defaults().backend("panama").threads(3)); Arena arena = Arena.ofConfined()) {
            for (DataType type : new DataType[] {DataType.F32, DataType.BF16}) {
                Tensor hidden = copy(arena, type, layer.hidden, ROWS);
                Tensor weight = copy(arena, type, layer.weight, layer.classes);
                Tensor byHidden = Tensor.allocate(arena, type, ROWS, WIDTH);
                Tensor byWeight = Tensor.allocate(arena, DataType.F32, layer.classes, WIDTH);
                double found = new LinearCrossEntropy(layer.loss).forwardBackward(
                        three, hidden, weight, null, Tensor.of(layer.targets), new Gradients(byHidden, byWeight, null, false));
                assertEquals(expected, found);
                assertArrayEquals(gradWeight, byWeight.memory().toArray(ValueLayout.JAVA_FLOAT));
                for (int i = 0; i < gradHidden.length; i++) {
                    double rounded = type == DataType.F32 ? gradHidden[i] : BFloat16.toFloat(BFloat16.fromDouble(gradHidden[i]));
                    assertEquals(rounded, byHidden.get(i));
                }
            }
        }
    }

    private static Tensor copy(Arena arena, DataType type, float[] values, int rows) {
        Tensor copy = Tensor.allocate(arena, type, rows, WIDTH);
        for (int i = 0; i < values.length; i++) {
            copy.set(i, values[i]);
        }
        return copy;
    }

    @Test
    void whatDoesNotFitIsRefused() {
        try (Basin basin = TestBackends.open("java")) {
            Tensor hidden = Tensor.of(new float[6], 3, 2);
            Tensor weight = Tensor.of(new float[8], 4, 2);
            refused(basin, new CrossEntropy(), hidden, Tensor.of(new float[12], 4, 3), new int[3], new Gradients(null, null, null, false));
            refused(basin, new CrossEntropy(), hidden, weight, new int[] {0, 4, 0}, new Gradients(null, null, null, false));
            refused(basin, new CrossEntropy(), hidden, weight, new int[3], new Gradients(hidden, null, null, false));
            refused(basin, new CrossEntropy(), hidden, weight, new int[3],
                    new Gradients(null, Tensor.of(MemorySegment.ofArray(new short[8]), DataType.BF16, 4, 2), null, false));
            refused(basin, new AldrKl().temperatures(Tensor.of(new float[] {1, 1})), hidden, weight, new int[3],
                    new Gradients(null, null, null, false));
        }
    }

    private static void refused(
            Basin basin, ClassificationLoss<?> loss, Tensor hidden, Tensor weight, int[] targets, Gradients gradients) {
        assertThrows(IllegalArgumentException.class, () -> new LinearCrossEntropy(loss)
                .forwardBackward(basin, hidden, weight, null, Tensor.of(targets), gradients));
    }

    private float[] normal(int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
