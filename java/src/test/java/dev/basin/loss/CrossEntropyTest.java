package dev.basin.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.BFloat16;
import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.TestBackends;
import dev.basin.Tensor;
import java.lang.foreign.Arena;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The worked example and the claims of the catalogue's page on cross-entropy. */
class CrossEntropyTest {
    private static final double EXACT = 1e-9;

    private final Basin reference = TestBackends.reference();
    private final Tensor logits = Tensor.of(new double[] {1, 0, -1, 2, 0, .5}, 2, 3);
    private final Tensor targets = Tensor.of(new int[] {1, 0});
    private final Tensor gradient = Tensor.of(new double[6], 2, 3);
    private final Tensor lse = Tensor.of(new double[2], 2);

    @AfterEach
    void close() {
        reference.close();
    }

    @Test
    void theWorkedExampleWithoutOptions() {
        double mean = new CrossEntropy().forwardBackward(reference, logits, targets, gradient, RowBuffers.NONE.lse(lse));
        assertEquals(0.856980838, mean, EXACT);
        assertValues(lse, 1.407605964, 2.306355712);
        assertValues(gradient, .332620478, -.377635764, .045015287, -.131937638, .049811824, .082125814);
    }

    @Test
    void theWorkedExampleWithEveryOption() {
        double mean = new CrossEntropy().classWeights(Tensor.of(new double[] {1, 2, .5}, 3)).logitScale(2).labelSmoothing(.1)
                .logZPenalty(.01).forwardBackward(reference, logits, targets, gradient,
                        RowBuffers.NONE.lse(lse).rowWeights(Tensor.of(new double[] {1, .5}, 2)));
        assertEquals(1.757742090, mean, EXACT);
        assertValues(lse, 2.142931628, 4.065883904);
        assertValues(gradient, 1.332167457, -1.309435132, .011554582, .037857215, -.019135449, .013805305);
    }

    @Test
    void aGivenDivisorReplacesWhatIsCounted() {
        double mean = new CrossEntropy().meanDivisor(4).forwardBackward(reference, logits, targets, gradient);
        assertEquals(0.856980838 / 2, mean, EXACT);
        assertValues(gradient, .332620478 / 2, -.377635764 / 2, .045015287 / 2, -.131937638 / 2, .049811824 / 2, .082125814 / 2);
        assertEquals(0, new CrossEntropy().meanDivisor(0).forward(reference, logits, targets));
        assertEquals(2 * 0.856980838,
                new CrossEntropy().meanDivisor(4).reduction(Reduction.SUM).forward(reference, logits, targets), EXACT);
        for (double wrong : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThrows(IllegalArgumentException.class, () -> new CrossEntropy().meanDivisor(wrong));
        }
    }

    @Test
    void theWorkedExampleWithSoftTargets() {
        Tensor soft = Tensor.of(new double[] {.5, .5, 0, .2, .3, .5}, 2, 3);
        double mean = new SoftCrossEntropy().forwardBackward(reference, logits, soft, gradient);
        assertEquals(1.281980838, mean, EXACT);
        assertValues(gradient, .082620478, -.127635764, .045015287, .268062362, -.100188176, -.167874186);
    }

    @Test
    void anOneHotSoftTargetGivesTheHardLoss() {
        Tensor oneHot = Tensor.of(new double[] {0, 1, 0, 1, 0, 0}, 2, 3);
        Tensor soft = Tensor.of(new double[6], 2, 3);
        double expected = new CrossEntropy().labelSmoothing(.3).logZPenalty(.1)
                .forwardBackward(reference, logits, targets, gradient);
        double actual = new SoftCrossEntropy().labelSmoothing(.3).logZPenalty(.1)
                .forwardBackward(reference, logits, oneHot, soft);
        assertEquals(expected, actual, 1e-15);
        for (int i = 0; i < 6; i++) {
            assertEquals(gradient.get(i), soft.get(i), 1e-15);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void theGradientOfARowSumsToZeroWithoutPenaltyAndClassWeights(String backend) {
        int rows = 16;
        int classes = 1003;
        Random random = new Random(7);
        float[] values = new float[rows * classes];
        int[] labels = new int[rows];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (3 * random.nextGaussian());
        }
        for (int i = 0; i < rows; i++) {
            labels[i] = random.nextInt(classes);
        }
        try (Basin basin = TestBackends.open(backend)) {
            new CrossEntropy().labelSmoothing(.1).reduction(Reduction.SUM).forwardBackward(basin, values, labels, values);
        }
        for (int i = 0; i < rows; i++) {
            double sum = 0;
            for (int k = 0; k < classes; k++) {
                sum += values[i * classes + k];
            }
            assertEquals(0, sum, 2e-6, "row " + i);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void bf16EqualsF32OnTheRoundedLogitsWithTheGradientRoundedOnce(String backend) {
        int rows = 5;
        int classes = 777;
        Random random = new Random(3);
        try (Basin basin = TestBackends.open(backend); Arena arena = Arena.ofConfined()) {
            Tensor half = Tensor.allocate(arena, DataType.BF16, rows, classes);
            Tensor full = Tensor.allocate(arena, DataType.F32, rows, classes);
            Tensor labels = Tensor.allocate(arena, DataType.I32, rows);
            for (int i = 0; i < half.size(); i++) {
                half.set(i, 3 * random.nextGaussian());
                full.set(i, half.get(i));
            }
            Tensor halfGradient = Tensor.allocate(arena, DataType.BF16, rows, classes);
            Tensor fullGradient = Tensor.allocate(arena, DataType.F32, rows, classes);
            CrossEntropy loss = new CrossEntropy();
            double expected = loss.forwardBackward(basin, full, labels, fullGradient);
            assertEquals(expected, loss.forwardBackward(basin, half, labels, halfGradient), 1e-6 * expected);
            int different = 0;
            for (int i = 0; i < half.size(); i++) {
                double rounded = BFloat16.toFloat(BFloat16.fromDouble(fullGradient.get(i)));
                assertEquals(rounded, halfGradient.get(i), Math.abs(rounded) * 0x1p-7);
                different += rounded == halfGradient.get(i) ? 0 : 1;
            }
            assertTrue(different <= half.size() / 500, different + " of " + half.size()
                    + " gradients are a bf16 ulp away; a second rounding would show in one of a hundred");
        }
    }

    @Test
    void thePenaltyHoldsTheLogSumExp() {
        for (int seed = 0; seed < 3; seed++) {
            assertTrue(meanAbsoluteLse(seed, .1) < 1.5, "with penalty, seed " + seed);
            assertTrue(meanAbsoluteLse(seed, 0) > 6, "without penalty, seed " + seed);
        }
    }

    private double meanAbsoluteLse(int seed, double penalty) {
        Random random = new Random(seed);
        Tensor x = Tensor.of(new double[640], 64, 10);
        Tensor step = Tensor.of(new double[640], 64, 10);
        int[] labels = new int[64];
        for (int i = 0; i < 640; i++) {
            x.set(i, 2 + random.nextGaussian());
        }
        for (int i = 0; i < 64; i++) {
            labels[i] = random.nextInt(10);
        }
        Tensor rowLse = Tensor.of(new double[64], 64);
        CrossEntropy loss = new CrossEntropy().logZPenalty(penalty).reduction(Reduction.SUM);
        for (int t = 0; t < 200; t++) {
            loss.forwardBackward(reference, x, Tensor.of(labels), step, RowBuffers.NONE.lse(rowLse));
            for (int i = 0; i < 640; i++) {
                x.set(i, x.get(i) - 0.5 * step.get(i));
            }
        }
        loss.forward(reference, x, Tensor.of(labels), RowBuffers.NONE.lse(rowLse));
        double total = 0;
        for (int i = 0; i < 64; i++) {
            total += Math.abs(rowLse.get(i));
        }
        return total / 64;
    }

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void backwardFromTheSavedLseGivesTheSameGradient(String backend) {
        int rows = 4;
        int classes = 130;
        Random random = new Random(9);
        float[] values = new float[rows * classes];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (2 * random.nextGaussian());
        }
        Tensor x = Tensor.of(values, rows, classes);
        Tensor labels = Tensor.of(new int[] {5, -100, 129, 0});
        Tensor saved = Tensor.of(new float[rows]);
        Tensor expected = Tensor.of(new float[rows * classes], rows, classes);
        Tensor actual = Tensor.of(new float[rows * classes], rows, classes);
        CrossEntropy loss = new CrossEntropy().labelSmoothing(.2).logZPenalty(1e-3);
        try (Basin basin = TestBackends.open(backend)) {
            loss.forwardBackward(basin, x, labels, expected);
            loss.forward(basin, x, labels, RowBuffers.NONE.lse(saved));
            loss.backward(basin, x, labels, saved, actual, RowBuffers.NONE);
        }
        for (int i = 0; i < expected.size(); i++) {
            assertEquals(expected.get(i), actual.get(i), 2e-6 * 0.34, "element " + i);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void theArgMaxIsTheLowestIndexOfTheLargestLogit(String backend) {
        float nan = Float.NaN;
        float low = Float.NEGATIVE_INFINITY;
        float[] values = {1, 3, 3, 2, nan, 3, 1, 3, low, low, low, low, nan, nan, nan, nan};
        int[] best = new int[4];
        try (Basin basin = TestBackends.open(backend)) {
            new CrossEntropy().forward(basin, Tensor.of(values, 4, 4), Tensor.of(new int[4]),
                    RowBuffers.NONE.argmax(Tensor.of(best)));
        }
        assertArrayEquals(new int[] {1, 1, 0, 0}, best);
    }

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void withNothingToAverageTheMeanIsZero(String backend) {
        try (Basin basin = TestBackends.open(backend)) {
            float[] values = {1, 2, 3, 4};
            assertEquals(0, new CrossEntropy().forwardBackward(basin, values, new int[] {-100, -100}, values));
            assertArrayEquals(new float[4], values);
            assertEquals(0, new CrossEntropy().forwardBackward(basin, new float[0], new int[0], new float[0]));
        }
    }

    private static void assertValues(Tensor tensor, double... expected) {
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], tensor.get(i), EXACT, "element " + i + " of " + tensor);
        }
    }
}
