package dev.basin.trajectory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.CudaStandIn;
import dev.basin.DataType;
import dev.basin.TestBackends;
import dev.basin.Tensor;
import dev.basin.loss.CrossEntropy;
import dev.basin.loss.Reduction;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The worked example, the edge cases and claim 2 of the catalogue's page on SAF. */
class TrajectoryLossTest {
    private static final int ACTIVE = 10;
    private static final double EXACT = 1e-11;
    /** So large that cross-entropy hides nothing. */
    private static final double LAMBDA = 1e6;
    private static final TrajectoryLoss LOSS = TrajectoryLoss.saf();

    @ParameterizedTest
    @CsvSource({
        "5, 1.693117126539, 0.458493487636, 1.830665172830, -0.030668626509, -0.050157350717, 0.080825977226, "
                + "-0.054307750435, -0.457810996959, 0.512118747395",
        "1, 1.693117126539, 0.361093853688, 1.801445282646, -0.042446126899, -0.023034727683, 0.065480854582, "
                + "-0.036960485247, -0.455528389030, 0.492488874277"
    })
    void theWorkedExample(
            double tau, double ce, double kl, double loss, double g0, double g1, double g2, double g3, double g4, double g5) {
        Tensor gradient = Tensor.of(new double[6], 2, 3);
        Tensor crossEntropies = Tensor.of(new double[2], 2);
        Tensor divergences = Tensor.of(new double[2], 2);
        try (Basin reference = TestBackends.reference()) {
            double mean = LOSS.tau(tau).labelSmoothing(.1).forwardBackward(reference, ACTIVE,
                    Tensor.of(new double[] {2, -1, .5, 0, 0, 3}, 2, 3), Tensor.of(new int[] {0, 1}),
                    Past.of(Tensor.of(new double[] {1, 0, 0, .5, -.5, 1}, 2, 3)), gradient,
                    TrajectoryBuffers.NONE.crossEntropies(crossEntropies).divergences(divergences));
            assertEquals(loss, mean, EXACT);
        }
        assertEquals(ce, (crossEntropies.get(0) + crossEntropies.get(1)) / 2, EXACT);
        assertEquals(kl, (divergences.get(0) + divergences.get(1)) / 2, EXACT);
        double[] expected = {g0, g1, g2, g3, g4, g5};
        for (int i = 0; i < 6; i++) {
            assertEquals(expected[i], gradient.get(i), EXACT);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void anUnchangedRowAddsExactlyNothing(String backend) {
        Random random = new Random(1);
        for (int classes : new int[] {1, 2, 10, 33, 1000, 2049}) {
            float[] z = normal(random, classes, 3);
            int[] target = {random.nextInt(classes)};
            float[] gradient = new float[classes];
            float[] plain = new float[classes];
            float[] divergence = {1};
            try (Basin basin = TestBackends.open(backend)) {
                double loss = LOSS.forwardBackward(basin, ACTIVE, Tensor.of(z, 1, classes), Tensor.of(target),
                        Past.of(Tensor.of(z.clone(), 1, classes)), Tensor.of(gradient, 1, classes),
                        TrajectoryBuffers.NONE.divergences(Tensor.of(divergence)));
                assertEquals(0f, divergence[0]);
                double crossEntropy = new CrossEntropy().forwardBackward(basin, z, target, plain);
                assertEquals(crossEntropy, loss, 1e-6 * crossEntropy);
            }
            // Each of the two rounds the factor of its exponentials and their product to f32: 2^-24 of a probability, four times.
            assertArrayEquals(plain, gradient, 0x1p-22f);
        }
    }

    /** Close to each other the rows' divergence is of second order: computed from logarithms in f32 it would be noise. */
    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void aRowThatHardlyChangedKeepsItsDigits(String backend) {
        Random random = new Random(2);
        for (double distance : new double[] {1, .1, 1e-2, 1e-3, 1e-4, 1e-5}) {
            for (float offset : new float[] {0, 16}) {
                for (double tau : new double[] {.5, 1, 5, 100}) {
                    checkAgainstReference(backend, random, distance, offset, tau);
                }
            }
        }
    }

    /**
     * Where one class outweighs all others in both rows, the gradient is a difference of tiny probabilities, and the rows' offset is
     * far larger than what they differ by. An exponent of 80 that is rounded to f32 some times costs 5e-6 of its exponential each;
     * exponentials that are no normal numbers may be 0.
     */
    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void nearlyCertainRowsKeepTheirDigits(String backend) {
        checkNearlyCertainRows(backend, 2000);
    }

    @Test
    @ResourceLock(CudaStandIn.RESOURCE)
    void nearlyCertainRowsKeepTheirDigitsOnADevice() {
        CudaStandIn.require();
        checkNearlyCertainRows("cuda", 200);
    }

    private static void checkNearlyCertainRows(String backend, int rows) {
        for (int seed = 0; seed < rows; seed++) {
            Random random = new Random(seed);
            float[] z = normal(random, 2 + seed % 2, 20);
            float[] q = normal(random, z.length, seed % 4 < 2 ? 1 : 20);
            for (int k = 0; k < z.length; k++) {
                q[k] += (seed % 4 < 2 ? z[k] : 0) + 100;
            }
            checkAgainstReference(backend, z, q, z.length - 1, seed % 8 < 4 ? .5 : 1, 1e-5, 1e-4, "seed " + seed);
        }
    }

    private static void checkAgainstReference(String backend, Random random, double distance, float offset, double tau) {
        float[] z = normal(random, 257, 3);
        float[] q = normal(random, 257, distance);
        for (int k = 0; k < z.length; k++) {
            q[k] += z[k] + offset;
        }
        checkAgainstReference(backend, z, q, 3, tau, 2e-6, 1e-5, "distance " + distance + " offset " + offset);
    }

    private static void checkAgainstReference(
            String backend, float[] z, float[] q, int target, double tau, double divergenceShare, double share, String drawn) {
        int classes = z.length;
        float[] divergence = new float[1];
        float[] gradient = new float[classes];
        Tensor exactDivergence = Tensor.of(new double[1], 1);
        Tensor exactGradient = Tensor.of(new double[classes], 1, classes);
        TrajectoryLoss loss = LOSS.tau(tau).lambda(LAMBDA);
        try (Basin basin = TestBackends.open(backend); Basin reference = TestBackends.reference()) {
            loss.forwardBackward(basin, ACTIVE, Tensor.of(z, 1, classes), Tensor.of(new int[] {target}),
                    Past.of(Tensor.of(q, 1, classes)), Tensor.of(gradient, 1, classes),
                    TrajectoryBuffers.NONE.divergences(Tensor.of(divergence)));
            loss.forwardBackward(reference, ACTIVE, doubles(z), Tensor.of(new int[] {target}), Past.of(doubles(q)), exactGradient,
                    TrajectoryBuffers.NONE.divergences(exactDivergence));
        }
        String what = backend + " " + drawn + " tau " + tau;
        assertEquals(exactDivergence.get(0), divergence[0], divergenceShare * exactDivergence.get(0) + Float.MIN_NORMAL, what);
        double norm = 0;
        for (int k = 0; k < classes; k++) {
            norm = Math.max(norm, Math.abs(exactGradient.get(k)));
        }
        for (int k = 0; k < classes; k++) {
            assertEquals(exactGradient.get(k), gradient[k], share * norm + LAMBDA * Float.MIN_NORMAL, what + " class " + k);
        }
    }

    /** Claim 2: as tau grows, logits are matched to each other. */
    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void highTemperaturesMatchCentredLogits(String backend) {
        int rows = 8;
        int classes = 10;
        Random random = new Random(3);
        float[] z = normal(random, rows * classes, 1);
        float[] q = normal(random, rows * classes, 1);
        float[] with = new float[z.length];
        float[] without = new float[z.length];
        int[] targets = new int[rows];
        try (Basin basin = TestBackends.open(backend)) {
            Tensor logits = Tensor.of(z, rows, classes);
            Past past = Past.of(Tensor.of(q, rows, classes));
            LOSS.lambda(1).tau(1e4).forwardBackward(
                    basin, ACTIVE, logits, Tensor.of(targets), past, Tensor.of(with, rows, classes));
            LOSS.lambda(0).forwardBackward(
                    basin, ACTIVE, logits, Tensor.of(targets), past, Tensor.of(without, rows, classes));
        }
        double error = 0;
        double norm = 0;
        for (int row = 0; row < rows; row++) {
            double mean = 0;
            for (int k = row * classes; k < (row + 1) * classes; k++) {
                mean += ((double) z[k] - q[k]) / classes;
            }
            for (int k = row * classes; k < (row + 1) * classes; k++) {
                double limit = (z[k] - q[k] - mean) / (rows * classes);
                error = Math.max(error, Math.abs(with[k] - without[k] - limit));
                norm = Math.max(norm, Math.abs(limit));
            }
        }
        assertTrue(error < 1e-3 * norm, "relative difference " + error / norm);
    }

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void infiniteLogits(String backend) {
        float inf = Float.POSITIVE_INFINITY;
        float nan = Float.NaN;
        float[] z = {0, -inf, 1, /**/ 0, 1, 2, /**/ 0, 1, 2, /**/ 0, 1, 2, /**/ 80, -80, 80, /**/ 0, -inf, 1};
        float[] q = {0, 1, 1, /**/ 0, -inf, 2, /**/ 0, inf, 1, /**/ 1, nan, 1, /**/ -80, 80, -80, /**/ 0, -inf, 1};
        float[] gradient = new float[18];
        float[] losses = new float[6];
        float[] divergences = new float[6];
        float[] crossEntropies = new float[6];
        try (Basin basin = TestBackends.open(backend)) {
            LOSS.tau(.5).reduction(Reduction.SUM).forwardBackward(basin, ACTIVE, Tensor.of(z, 6, 3),
                    Tensor.of(new int[6]), Past.of(Tensor.of(q, 6, 3)), Tensor.of(gradient, 6, 3),
                    new TrajectoryBuffers(null, null, Tensor.of(losses), Tensor.of(crossEntropies), Tensor.of(divergences)));
        }
        assertEquals(inf, divergences[0]);
        assertEquals(inf, losses[0]);
        assertTrue(Float.isFinite(crossEntropies[0]));
        for (int k = 0; k < 3; k++) {
            assertTrue(Float.isFinite(gradient[k]), "gradient of an impossible class: " + gradient[k]);
            assertTrue(Float.isFinite(gradient[3 + k]) && divergences[1] > 0 && Float.isFinite(divergences[1]));
            assertTrue(Float.isNaN(gradient[6 + k]) && Float.isNaN(losses[2]) && Float.isNaN(divergences[2]));
            assertTrue(Float.isNaN(gradient[9 + k]) && Float.isNaN(losses[3]) && !Float.isNaN(crossEntropies[3]));
            assertTrue(Float.isFinite(gradient[12 + k]) && Float.isFinite(losses[4]));
        }
        assertEquals(80, divergences[4], .25 * Math.log(2) + 1e-4, "tau^2 KL of two certainties is tau times their distance");
        assertEquals(0, divergences[5]);
    }

    /** The past is not looked at before its time, nor after: memory that nobody may read is no matter. */
    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void anInactivePastIsNotRead(String backend) {
        float[] z = {1, 2, 3};
        float[] gradient = new float[3];
        float[] divergence = {7};
        Past closed;
        try (Arena arena = Arena.ofConfined()) {
            closed = Past.of(Tensor.allocate(arena, DataType.F32, 1, 3));
        }
        try (Basin basin = TestBackends.open(backend)) {
            double plain = new CrossEntropy().forward(basin, Tensor.of(z, 1, 3), Tensor.of(new int[] {0}));
            for (int epoch : new int[] {0, 5, 300, 1000}) {
                for (Past past : new Past[] {null, closed}) {
                    double loss = LOSS.forwardBackward(basin, epoch, Tensor.of(z, 1, 3), Tensor.of(new int[] {0}), past,
                            Tensor.of(gradient, 1, 3), TrajectoryBuffers.NONE.divergences(Tensor.of(divergence)));
                    assertEquals(plain, loss, 1e-6);
                    assertEquals(0, divergence[0]);
                }
            }
            assertThrows(IllegalArgumentException.class, () -> LOSS.forwardBackward(
                    basin, 6, Tensor.of(z, 1, 3), Tensor.of(new int[] {0}), closed, Tensor.of(gradient, 1, 3)));
            assertThrows(IllegalArgumentException.class, () -> LOSS.forwardBackward(
                    basin, 299, Tensor.of(z, 1, 3), Tensor.of(new int[] {0}), null, Tensor.of(gradient, 1, 3)));
        }
    }

    /** Read by index from a table of any type, or gathered first: the same bits. */
    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void aPastByIndexIsThePastGathered(String backend) {
        int rows = 33;
        int classes = 101;
        int examples = 50;
        Random random = new Random(4);
        int[] indices = random.ints(rows, 0, examples).toArray();
        int[] targets = random.ints(rows, 0, classes).toArray();
        for (DataType type : new DataType[] {DataType.F32, DataType.BF16, DataType.F16}) {
            for (DataType logitsType : new DataType[] {DataType.F32, DataType.BF16}) {
                Tensor logits = filled(logitsType, random, rows, classes);
                Tensor table = filled(type, random, examples, classes);
                Tensor gathered = Tensor.allocate(Arena.ofAuto(), type, rows, classes);
                for (int i = 0; i < rows * classes; i++) {
                    gathered.set(i, table.get((long) indices[i / classes] * classes + i % classes));
                }
                Tensor byIndex = Tensor.allocate(Arena.ofAuto(), logitsType, rows, classes);
                Tensor byRow = Tensor.allocate(Arena.ofAuto(), logitsType, rows, classes);
                try (Basin basin = TestBackends.open(Basin.Options.defaults().backend(backend).parallelThreshold(0).threads(3))) {
                    double first = LOSS.forwardBackward(basin, ACTIVE, logits, Tensor.of(targets),
                            new Past(table, Tensor.of(indices), 3), byIndex);
                    assertEquals(first, LOSS.forwardBackward(
                            basin, ACTIVE, logits, Tensor.of(targets), Past.of(gathered), byRow));
                }
                assertEquals(-1, byIndex.memory().mismatch(byRow.memory()));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void weightsAndIgnoredRows(String backend) {
        float[] z = {1, 2, 3, 3, 1, 0};
        float[] q = {0, 1, 0, 2, 2, 2};
        float[] gradient = new float[6];
        float[] losses = new float[2];
        try (Basin basin = TestBackends.open(backend)) {
            Past past = Past.of(Tensor.of(q, 2, 3));
            double alone = LOSS.forward(basin, ACTIVE, Tensor.of(new float[] {1, 2, 3}, 1, 3), Tensor.of(new int[] {1}),
                    Past.of(Tensor.of(new float[] {0, 1, 0}, 1, 3)), TrajectoryBuffers.NONE);
            double mean = LOSS.forwardBackward(basin, ACTIVE, Tensor.of(z, 2, 3), Tensor.of(new int[] {1, -100}), past,
                    Tensor.of(gradient, 2, 3), TrajectoryBuffers.NONE.losses(Tensor.of(losses)));
            assertEquals(alone, mean, 1e-6);
            assertEquals(0, losses[1]);
            assertArrayEquals(new float[3], java.util.Arrays.copyOfRange(gradient, 3, 6));
            double weighted = LOSS.reduction(Reduction.SUM).forward(basin, ACTIVE, Tensor.of(z, 2, 3),
                    Tensor.of(new int[] {1, 0}), past, TrajectoryBuffers.NONE.rowWeights(Tensor.of(new float[] {2, 0})));
            assertEquals(2 * alone, weighted, 1e-6);
        }
    }

    @Test
    void optionsAreChecked() {
        assertThrows(IllegalArgumentException.class, () -> LOSS.tau(0));
        assertThrows(IllegalArgumentException.class, () -> LOSS.lambda(-1));
        assertThrows(IllegalArgumentException.class, () -> LOSS.labelSmoothing(1));
        assertThrows(IllegalArgumentException.class, () -> LOSS.epochs(1, 300, 3));
        assertThrows(IllegalArgumentException.class, () -> LOSS.epochs(5, 300, -1));
        assertEquals(3, LOSS.epochs(2, 300, 3).lag());
        assertTrue(!LOSS.isActive(5) && LOSS.isActive(6) && LOSS.isActive(299) && !LOSS.isActive(300));
    }

    @Test
    void shapesAndLabelsAreChecked() {
        try (Basin basin = TestBackends.open("java")) {
            Tensor logits = Tensor.of(new float[6], 2, 3);
            Tensor gradient = Tensor.of(new float[6], 2, 3);
            Tensor targets = Tensor.of(new int[] {0, 2});
            refused(basin, logits, Tensor.of(new int[] {0, 3}), Past.of(logits), gradient, "targets");
            refused(basin, logits, targets, Past.of(Tensor.of(new float[3], 1, 3)), gradient, "past");
            refused(basin, logits, targets, new Past(logits, Tensor.of(new int[] {0, 2}), 3), gradient, "pastIndices");
            refused(basin, logits, targets, new Past(logits, Tensor.of(new int[] {0, 1}), 2), gradient, "past");
            refused(basin, logits, targets, Past.of(gradient), gradient, "gradLogits");
        }
    }

    private static void refused(Basin basin, Tensor logits, Tensor targets, Past past, Tensor gradient, String name) {
        String message = assertThrows(IllegalArgumentException.class,
                () -> LOSS.forwardBackward(basin, ACTIVE, logits, targets, past, gradient)).getMessage();
        assertTrue(message.contains(name), message);
    }

    private static Tensor filled(DataType type, Random random, int rows, int columns) {
        Tensor tensor = Tensor.allocate(Arena.ofAuto(), type, rows, columns);
        for (int i = 0; i < rows * columns; i++) {
            tensor.set(i, 3 * random.nextGaussian());
        }
        return tensor;
    }

    private static Tensor doubles(float[] values) {
        double[] exact = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            exact[i] = values[i];
        }
        return Tensor.of(MemorySegment.ofArray(exact), DataType.F64, 1, values.length);
    }

    private static float[] normal(Random random, int count, double deviation) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return values;
    }
}
