package dev.basin.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.TestBackends;
import dev.basin.matrix.Matrix;
import dev.basin.matrix.Rows;
import dev.basin.matrix.SymmetricEigen;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The worked example and claims of the catalogue's page on FRUGAL. */
class FrugalTest {
    private final Basin reference = TestBackends.reference();
    private final Tensor weights = Tensor.of(new double[] {1, -2, .5, 0, 3, -1}, 2, 3);
    private final List<Tensor> gradients = List.of(
            Tensor.of(new double[] {.1, -.2, .3, 0, .5, -.4}, 2, 3),
            Tensor.of(new double[] {.2, .1, -.3, -.1, .5, 0}, 2, 3),
            Tensor.of(new double[] {-.3, .2, .1, .4, -.5, .6}, 2, 3));
    private final Frugal.Options example = Frugal.Options.defaults().updateGap(2).weightDecay(.1).freeScale(.5);

    @AfterEach
    void close() {
        reference.close();
    }

    @Test
    void theWorkedExampleOfColumns() {
        Split split = new Split.Columns(Choice.given(List.of(new int[] {0}, new int[] {2})));
        Frugal frugal = Frugal.over(reference, List.of(weights), example.split(split));
        gradients.forEach(g -> frugal.step(List.of(g), .1));
        assertValues(weights, .826735995287, -1.991093, .38564451, .023669535117, 2.862392, -1.021293998333);
        assertValues(frugal.state().get("first_moment").getFirst(), .01, .06);
        assertValues(frugal.state().get("second_moment").getFirst(), 1e-5, 3.6e-4);
    }

    @Test
    void theWorkedExampleOfLowRank() {
        Frugal frugal = Frugal.over(reference, List.of(weights), example.split(new Split.LowRank(.5, Split.Side.LEFT)));
        gradients.subList(0, 2).forEach(g -> frugal.step(List.of(g), .1));
        assertValues(weights, .788764871958, -1.963522744477, .421131348914, .064600269603, 2.668940779051, -.855555752428);
    }

    @Test
    void densityOneIsAdamWAndDensityZeroIsSignSgdWithoutState() {
        Tensor[] w = {random(7, 9, 3), random(7, 9, 3), random(7, 9, 3), random(7, 9, 3)};
        AdamW adamw = AdamW.over(reference, List.of(w[0]), AdamW.Options.defaults());
        Frugal whole = frugal(w[1], new Split.Columns(Choice.random(1, 5)), .01);
        Frugal fullRank = frugal(w[2], new Split.LowRank(1, Split.Side.SMALLER), .01);
        Frugal free = frugal(w[3], new Split.Entries(Choice.random(0, 5)), 0);
        double[] bySign = Rows.loadAll(w[3]);
        for (int step = 0; step < 6; step++) {
            List<Tensor> g = List.of(random(7, 9, 50 + step));
            adamw.step(g, .01);
            whole.step(g, .01);
            fullRank.step(g, .01);
            free.step(g, .01);
            double[] values = Rows.loadAll(g.getFirst());
            for (int i = 0; i < bySign.length; i++) {
                bySign[i] -= .01 * Math.signum(values[i]);
            }
        }
        assertArrayEquals(Rows.loadAll(w[0]), Rows.loadAll(w[1]));
        assertArrayEquals(bySign, Rows.loadAll(w[3]), 1e-15);
        assertEquals(0, free.momentBytes() + free.selectionBytes());
        for (double value : Rows.loadAll(w[2])) {
            assertTrue(Math.abs(value) < 10, "a full-rank subspace has no free part, got " + value);
        }
    }

    private Frugal frugal(Tensor w, Split split, double decay) {
        return Frugal.over(reference, List.of(w), Frugal.Options.defaults().split(split).weightDecay(decay));
    }

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void aQuarterOfTheStateAndAResumedRunToTheBit(String backend) {
        List<Split> splits = List.of(
                new Split.Columns(Choice.random(.25, 1)), new Split.Rows(Choice.random(.25, 2)),
                new Split.Entries(Choice.random(.25, 3)), new Split.LowRank(.25, Split.Side.SMALLER),
                new Split.Blocks(.25, Split.Order.RANDOM, 4));
        try (Basin basin = TestBackends.open(backend)) {
            for (Split split : splits) {
                List<Tensor> straight = floats();
                Frugal.Options options = Frugal.Options.defaults().split(split).updateGap(3);
                Frugal frugal = Frugal.over(basin, straight, options);
                assertEquals(8 * 4 * 24 * 24 / 4, frugal.momentBytes(), split.toString());
                List<Tensor> resumed = null;
                Frugal other = null;
                for (int step = 0; step < 8; step++) {
                    if (step == 4) {
                        resumed = floats();
                        other = Frugal.over(basin, resumed, options);
                        other.resume(4);
                        for (int i = 0; i < 4; i++) {
                            resumed.get(i).copyFrom(straight.get(i));
                            for (String kind : frugal.state().keySet()) {
                                other.state().get(kind).get(i).copyFrom(frugal.state().get(kind).get(i));
                            }
                        }
                    }
                    List<Tensor> g = floats(step);
                    frugal.step(g, .01);
                    if (other != null) {
                        other.step(g, .01);
                    }
                }
                for (int i = 0; i < 4; i++) {
                    assertArrayEquals(Rows.loadAll(straight.get(i)), Rows.loadAll(resumed.get(i)), split.toString());
                }
            }
        }
    }

    @Test
    void theUpdateIsOfFullRankUnlessTheRestStandsStill() {
        for (Frugal.Rule rule : List.of(Frugal.Rule.SIGN_SGD, Frugal.Rule.NONE)) {
            Tensor w = random(12, 16, 8);
            Matrix moved = Matrix.of(DataType.F64, w);
            Frugal.Options options = Frugal.Options.defaults().rule(rule);
            Frugal.over(reference, List.of(w), options).step(List.of(random(12, 16, 9)), .01);
            double[] gram = new double[12 * 12];
            for (int i = 0; i < moved.size(); i++) {
                moved.put(i, w.get(i) - moved.at(i));
            }
            for (int i = 0; i < gram.length; i++) {
                gram[i] = Matrix.dot(moved, i / 12, moved, i % 12);
            }
            SymmetricEigen eigen = SymmetricEigen.of(gram, 12);
            int rank = 0;
            while (rank < 12 && eigen.value(rank) > 1e-12 * eigen.value(0)) {
                rank++;
            }
            assertEquals(rule == Frugal.Rule.NONE ? 4 : 12, rank);
        }
    }

    /** Of a gradient of rank 1, 2 or 0 nothing is left outside of a subspace of two vectors, and rounding moves nothing. */
    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void aGradientOfLowRankLeavesNoResidual(String backend) {
        try (Basin basin = TestBackends.open(backend)) {
            for (int rank = 0; rank <= 2; rank++) {
                double[] gradient = product(Rows.loadAll(random(8, rank, 3)), Rows.loadAll(random(rank, 12, 4)), 8, 12);
                Frugal.Options options = Frugal.Options.defaults().split(new Split.LowRank(.25, Split.Side.LEFT));
                double[] bySign = moved(basin, options, gradient);
                assertArrayEquals(moved(basin, options.rule(Frugal.Rule.NONE), gradient), bySign, "rank " + rank);
            }
        }
    }

    /** Zeros of 8 x 12 after a step. */
    private static double[] moved(Basin basin, Frugal.Options options, double[] gradient) {
        Tensor w = Tensor.of(new float[gradient.length], 8, 12);
        Frugal.over(basin, List.of(w), options).step(List.of(Tensor.of(floats(gradient), 8, 12)), .01);
        return Rows.loadAll(w);
    }

    /** Which vectors of equal singular values are taken is open; how much of the gradient they hold is not. */
    @Test
    void equalSingularValuesAreHeldInTheirNumber() {
        Tensor gradient = Tensor.of(new double[8 * 12], 8, 12);
        for (int i = 0; i < 8; i++) {
            gradient.set(i * 12L + i, i < 6 ? 3 : 1);
        }
        Tensor w = Tensor.of(new double[8 * 12], 8, 12);
        Frugal frugal = Frugal.over(reference, List.of(w), Frugal.Options.defaults().split(new Split.LowRank(.5, Split.Side.RIGHT)));
        frugal.step(List.of(gradient), .01);
        Matrix projector = Matrix.of(DataType.F64, frugal.state().get("projector").getFirst());
        assertEquals(6, projector.rows());
        double[] low = product(Rows.loadAll(gradient), transposed(projector), 8, 6);
        double held = Arrays.stream(low).map(x -> x * x).sum();
        assertEquals(6 * 9, held, 1e-12);
        for (int i = 0; i < 36; i++) {
            assertEquals(i / 6 == i % 6 ? 1 : 0, Matrix.dot(projector, i / 6, projector, i % 6), 1e-12);
        }
    }

    @Test
    void aGradientThatIsNotFiniteSpoilsTheParameter() {
        for (double number : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
            Tensor w = random(8, 12, 1);
            Tensor gradient = random(8, 12, 2);
            gradient.set(17, number);
            Frugal.over(reference, List.of(w), Frugal.Options.defaults().split(new Split.LowRank(.25, Split.Side.SMALLER)))
                    .step(List.of(gradient), .01);
            for (double value : Rows.loadAll(w)) {
                assertEquals(Double.NaN, value);
            }
        }
    }

    /** After the first step, which finds the subspace, and once the compiler has seen the calls. */
    @Test
    void aStepInASubspaceAllocatesNoMatrix() {
        Tensor w = random(64, 96, 1);
        Gradients gradients = Gradients.of(List.of(random(64, 96, 2)));
        Frugal.Options options = Frugal.Options.defaults().updateGap(1_000_000).split(new Split.LowRank(.25, Split.Side.SMALLER));
        Frugal frugal = Frugal.over(reference, List.of(w), options);
        frugal.step(gradients, 1e-3);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 50; i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            frugal.step(gradients, 1e-3);
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        long smallest = 8 * 16 * 64;
        assertTrue(least < smallest, least + " bytes a step; the smallest matrix of the step has " + smallest);
    }

    private static double[] product(double[] a, double[] b, int rows, int columns) {
        int inner = a.length / rows;
        double[] result = new double[rows * columns];
        for (int i = 0; i < result.length; i++) {
            for (int k = 0; k < inner; k++) {
                result[i] += a[i / columns * inner + k] * b[k * columns + i % columns];
            }
        }
        return result;
    }

    private static double[] transposed(Matrix matrix) {
        double[] result = new double[matrix.size()];
        for (int i = 0; i < result.length; i++) {
            result[i] = matrix.get(i % matrix.rows(), i / matrix.rows());
        }
        return result;
    }

    private static float[] floats(double[] values) {
        float[] result = new float[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) values[i];
        }
        return result;
    }

    @Test
    void everyBlockHasItsTurnInItsOrder() {
        assertEquals(List.of(0, 1), active(Split.Order.ASCENDING, 0));
        assertEquals(List.of(2, 3), active(Split.Order.ASCENDING, 1));
        assertEquals(List.of(2, 3), active(Split.Order.DESCENDING, 0));
        assertEquals(List.of(0, 3), active(Split.Order.MIRROR, 0));
        assertEquals(List.of(1, 2), active(Split.Order.MIRROR, 1));
        assertEquals(2, active(Split.Order.RANDOM, 7).size());
    }

    private static List<Integer> active(Split.Order order, long subspace) {
        Split.Blocks blocks = new Split.Blocks(.5, order, 11);
        return java.util.stream.IntStream.range(0, 4).filter(b -> blocks.isActive(b, 4, subspace)).boxed().toList();
    }

    @Test
    void whatIsRefusedChangesNothing() {
        assertThrows(IllegalArgumentException.class, () -> Choice.random(1.5, 0));
        assertThrows(IllegalArgumentException.class, () -> new Split.LowRank(Double.NaN, Split.Side.LEFT));
        assertThrows(IllegalArgumentException.class, () -> Frugal.Options.defaults().updateGap(0));
        assertThrows(IllegalArgumentException.class,
                () -> frugal(weights, new Split.Columns(Choice.given(List.of(new int[] {1, 1}))), 0));
        assertThrows(IllegalArgumentException.class,
                () -> frugal(weights, new Split.Columns(Choice.given(List.of(new int[] {3}))), 0));
        assertThrows(IllegalArgumentException.class,
                () -> frugal(weights, new Split.Blocks(1, Split.Order.MIRROR, 0), 0));
    }

    private static List<Tensor> floats(int... step) {
        return java.util.stream.IntStream.range(0, 4).mapToObj(i -> {
            Tensor tensor = Tensor.of(new float[24 * 24], 24, 24);
            Rows.storeAll(tensor, Rows.loadAll(random(24, 24, 100 * (step.length == 0 ? 99 : step[0]) + i)));
            return tensor;
        }).toList();
    }

    private static Tensor random(int rows, int columns, long seed) {
        Random random = new Random(seed);
        return Tensor.of(random.doubles((long) rows * columns, -1, 1).toArray(), rows, columns);
    }

    private static void assertValues(Tensor tensor, double... expected) {
        assertArrayEquals(expected, Rows.loadAll(tensor), 1e-11);
    }
}
