package dev.basin.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.TestBackends;
import dev.basin.Tensor;
import dev.basin.kernel.OptimizerKernels;
import java.lang.foreign.Arena;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The worked example and the claims of the catalogue's page on Lion-K. */
class LionKTest {
    private static final long SEED = 51;
    private static final int MANY_BLOCKS = 5 * (int) OptimizerKernels.LION_K_BLOCK + 77;

    private final Basin reference = TestBackends.reference();

    @AfterEach
    void close() {
        reference.close();
    }

    @Test
    void theWorkedExample() {
        Map<ConvexFunction, double[]> expected = new LinkedHashMap<>();
        expected.put(new ConvexFunction.L1(), new double[] {1.05, -.375, 1.8, .195});
        expected.put(new ConvexFunction.L2(), new double[] {1.001006137, -.404866562, 1.868121164, .133254603});
        expected.put(new ConvexFunction.Lp(3), new double[] {.988019951, -.40311853, 1.885148457, .116386222});
        expected.put(new ConvexFunction.GroupL2(2), new double[] {1.00881717, -.394126392, 1.83598156, .171822128});
        expected.put(new ConvexFunction.Soft(.3), new double[] {.95, -.475, 1.9, .095});
        expected.put(new ConvexFunction.Huber(.5), new double[] {.966, -.453, 1.89, .107});
        expected.put(new ConvexFunction.Relativistic(.2), new double[] {.987139068, -.426808125, 1.875746437, .123734789});
        expected.put(new ConvexFunction.LogCosh(.3), new double[] {.976052045, -.439892735, 1.883485959, .114737532});
        expected.put(new ConvexFunction.LogSmooth(.1), new double[] {.994444444, -.422619048, 1.866666667, .1325});
        expected.put(new ConvexFunction.TopK(2), new double[] {1.05, -.375, 1.9, .095});
        expected.put(new ConvexFunction.LogSumExp(.7), new double[] {.976000144, -.447861341, 1.921593402, .120267795});
        expected.put(new ConvexFunction.Quadratic(), new double[] {.958, -.464, 1.895, .101});
        expected.forEach((function, weights) -> {
            Tensor x = Tensor.of(new double[] {1, -.5, 2, .1}, 4);
            LionK optimizer = LionK.over(reference, List.of(x), LionK.Options.of(function).weightDecay(.5));
            optimizer.momenta().getFirst().copyFrom(Tensor.of(new double[] {-.2, .1, 0, -.4}, 4));
            optimizer.step(List.of(Tensor.of(new double[] {1, -2, .5, 3}, 4)), .1);
            for (int i = 0; i < 4; i++) {
                assertEquals(weights[i], x.get(i), 6e-10, function + ", weight " + i);
                assertEquals(new double[] {-.188, .079, .005, -.366}[i], optimizer.momenta().getFirst().get(i), 1e-15);
            }
        });
    }

    private static List<ConvexFunction> functions() {
        return List.of(
                new ConvexFunction.L1(), new ConvexFunction.L2(), new ConvexFunction.Lp(3), new ConvexFunction.Lp(1.5),
                new ConvexFunction.GroupL2(7), new ConvexFunction.Soft(.3), new ConvexFunction.Huber(.5),
                new ConvexFunction.Relativistic(.2), new ConvexFunction.LogCosh(.3), new ConvexFunction.LogSmooth(.1),
                new ConvexFunction.TopK(5), new ConvexFunction.LogSumExp(.7), new ConvexFunction.Quadratic());
    }

    /** Claim 3: K(z) + K*(K'(z)) = <z, K'(z)>, with the conjugate by its own formula and by that at the gradient. */
    @Test
    void valuesAndConjugatesAddUpToTheProduct() {
        for (ConvexFunction function : functions()) {
            Tensor z = normal(DataType.F64, 50, new Random(SEED));
            Tensor y = Tensor.allocate(Arena.ofAuto(), DataType.F64, 50);
            LionK.Values values = new LionK.Values(reference, function, 50);
            values.gradient(z, y);
            double product = 0;
            for (int i = 0; i < 50; i++) {
                product += z.get(i) * y.get(i);
            }
            double value = values.value(z);
            assertEquals(product, value + values.conjugateAtGradient(z), 1e-12 * Math.abs(product), function.toString());
            assertEquals(product, value + values.conjugate(y), 1e-9 * Math.abs(product), function.toString());
        }
    }

    /** A conjugate is infinite outside of its domain. */
    @Test
    void conjugatesEndWithTheirDomains() {
        for (ConvexFunction function : functions()) {
            LionK.Values values = new LionK.Values(reference, function, 3);
            double beyond = values.conjugate(Tensor.of(new double[] {1.1, 1.1, -1.1}, 3));
            assertEquals(!(function instanceof ConvexFunction.Quadratic), Double.isInfinite(beyond), function.toString());
        }
    }

    /** Claim 3: with the squares it is descent by a mean of gradients. */
    @Test
    void theSquaresAreMomentumDescent() {
        Random random = new Random(SEED);
        Tensor x = normal(DataType.F64, 50, random);
        double[] weights = new double[50];
        double[] momentum = new double[50];
        for (int i = 0; i < 50; i++) {
            weights[i] = x.get(i);
        }
        LionK optimizer = LionK.over(reference, List.of(x), LionK.Options.of(new ConvexFunction.Quadratic()).weightDecay(.1));
        for (int step = 0; step < 5; step++) {
            Tensor gradient = normal(DataType.F64, 50, random);
            optimizer.step(List.of(gradient), .01);
            for (int i = 0; i < 50; i++) {
                double g = gradient.get(i);
                weights[i] -= .01 * (.9 * momentum[i] + (1 - .9) * g + .1 * weights[i]);
                momentum[i] = .99 * momentum[i] + (1 - .99) * g;
                assertEquals(weights[i], x.get(i), 1e-14, "seed " + SEED + ", step " + step + ", weight " + i);
            }
        }
    }

    /** Claim 3: with the sum of magnitudes it is Lion to the bit. */
    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void theSumOfMagnitudesIsLionToTheBit(String backend) {
        for (DataType type : List.of(DataType.F32, DataType.BF16)) {
            try (Basin basin = TestBackends.open(backend)) {
                Tensor ours = normal(type, 1003, new Random(SEED));
                Tensor theirs = normal(type, 1003, new Random(SEED));
                LionK lionK = LionK.over(
                        basin, List.of(ours), LionK.Options.of(new ConvexFunction.L1()).weightDecay(.1));
                Lion lion = Lion.over(basin, List.of(theirs), Lion.Options.defaults().weightDecay(.1));
                Random random = new Random(SEED + 1);
                for (int step = 0; step < 5; step++) {
                    Tensor gradient = normal(type, 1003, random);
                    lionK.step(List.of(gradient), .01);
                    lion.step(List.of(gradient), .01);
                }
                assertEquals(-1, ours.memory().mismatch(theirs.memory()), type.label());
                assertEquals(-1, lionK.momenta().getFirst().memory().mismatch(lion.momenta().getFirst().memory()), type.label());
            }
        }
    }

    /** Claim 1: where the gradient's sign stays and K' is 1 there, the way back to the box is exactly 4 (1 - lr lambda)^t. */
    @Test
    void theWayBackIsGeometric() {
        for (ConvexFunction function : List.of(
                new ConvexFunction.L1(), new ConvexFunction.Huber(.01), new ConvexFunction.LogCosh(.01))) {
            Quadratic objective = new Quadratic(50, new Random(SEED));
            objective.target[0] = 9;
            Tensor x = Tensor.of(fill(50, 5), 50);
            LionK optimizer = LionK.over(reference, List.of(x), LionK.Options.of(function).weightDecay(1));
            Tensor gradient = Tensor.of(new double[50], 50);
            for (int step = 1; step <= 601; step++) {
                objective.gradient(x, gradient);
                optimizer.step(List.of(gradient), .01);
                assertEquals(4 * Math.pow(.99, step), largest(x) - 1, 1e-12, "seed " + SEED + ", " + function + ", step " + step);
            }
        }
    }

    /** Claim 1: weights beyond the box come back at least that fast, and end at the minimiser on the box or ball. */
    @Test
    void weightsAreDrivenIntoTheDomain() {
        for (ConvexFunction function : List.of(
                new ConvexFunction.L1(), new ConvexFunction.Soft(.3), new ConvexFunction.Huber(.1), new ConvexFunction.LogCosh(.1),
                new ConvexFunction.L2())) {
            Quadratic objective = new Quadratic(50, new Random(SEED));
            Tensor x = Tensor.of(fill(50, 5), 50);
            LionK optimizer = LionK.over(reference, List.of(x), LionK.Options.of(function).weightDecay(1));
            Tensor gradient = Tensor.of(new double[50], 50);
            for (int step = 1; step <= 8000; step++) {
                objective.gradient(x, gradient);
                optimizer.step(List.of(gradient), step > 6000 ? 1e-4 : step > 4000 ? 1e-3 : .01);
                assertTrue(largest(x) - 1 <= 4 * Math.pow(.99, Math.min(step, 4000)) + 1e-12, function + ", step " + step);
            }
            double apart = switch (function) {
                case ConvexFunction.L1 _ -> objective.distanceOnBox(x, 0, 0);
                case ConvexFunction.Soft(double e) -> objective.distanceOnBox(x, e, 0);
                case ConvexFunction.Huber(double e) -> objective.distanceOnBox(x, 0, e);
                case ConvexFunction.L2 _ -> objective.distanceOnBall(x);
                default -> 0;
            };
            boolean isSigned = function instanceof ConvexFunction.L1 || function instanceof ConvexFunction.Soft;
            assertTrue(apart < (isSigned ? 3e-4 : 1e-6), "seed " + SEED + ", " + function + ": " + apart + " from the minimiser");
        }
    }

    /** Claim 2: in steps so small that time is as good as continuous, H falls at every one. */
    @Test
    void theLyapunovFunctionFallsAtEveryStep() {
        double dt = 2e-4;
        double epsilon = .5;
        for (ConvexFunction function : List.of(
                new ConvexFunction.LogCosh(.1), new ConvexFunction.Huber(.1), new ConvexFunction.L1(), new ConvexFunction.L2())) {
            Random random = new Random(SEED);
            Quadratic objective = new Quadratic(10, random);
            Tensor x = Tensor.of(random.doubles(10, -.3, .3).toArray(), 10);
            Tensor n = Tensor.of(random.doubles(10, -.5, .5).toArray(), 10);
            Tensor u = Tensor.of(new double[10], 10);
            Tensor y = Tensor.of(new double[10], 10);
            Tensor gradient = Tensor.of(new double[10], 10);
            LionK.Values values = new LionK.Values(reference, function, 10);
            double before = Double.POSITIVE_INFINITY;
            for (int step = 0; step < 4000; step++) {
                double now = LionK.lyapunov(reference, function, objective.value(x), x, n, 1, epsilon, 1);
                assertTrue(now < before, "seed " + SEED + ", " + function + ", step " + step + ": " + before + " to " + now);
                before = now;
                objective.gradient(x, gradient);
                for (int i = 0; i < 10; i++) {
                    u.set(i, n.get(i) - epsilon * (gradient.get(i) + n.get(i)));
                }
                values.gradient(u, y);
                for (int i = 0; i < 10; i++) {
                    x.set(i, x.get(i) + dt * (y.get(i) - x.get(i)));
                    n.set(i, n.get(i) - dt * (gradient.get(i) + n.get(i)));
                }
            }
        }
    }

    /** Of several blocks, whose sums are relative to largest elements of their own. */
    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void statisticsOfManyBlocksAgreeWithTheReferenceForAnyNumberOfThreads(String backend) {
        for (ConvexFunction function : functionsOfAllElements()) {
            Tensor expected = stepped(reference, function, gradientOfManyBlocks());
            try (Basin one = TestBackends.open(Basin.Options.defaults().backend(backend).threads(1));
                    Basin two = TestBackends.open(Basin.Options.defaults().backend(backend).threads(2).parallelThreshold(0))) {
                Tensor found = stepped(one, function, gradientOfManyBlocks());
                assertEquals(-1, found.memory().mismatch(stepped(two, function, gradientOfManyBlocks()).memory()), function.toString());
                double largest = largest(expected);
                for (long i = 0; i < expected.size(); i++) {
                    assertEquals(expected.get(i), found.get(i), 1e-5 * largest, function + ", weight " + i);
                }
            }
        }
    }

    /** NaN in one block reaches the weights of all, and those of its own group alone. */
    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void aNanSpoilsWhatSharesItsStatistics(String backend) {
        try (Basin basin = TestBackends.open(backend)) {
            for (ConvexFunction function : functionsOfAllElements()) {
                Tensor gradient = gradientOfManyBlocks();
                gradient.set(0, Double.NaN);
                Tensor found = stepped(basin, function, gradient);
                boolean byGroups = function instanceof ConvexFunction.GroupL2;
                assertTrue(Double.isNaN(found.get(1)), function.toString());
                assertEquals(!byGroups, Double.isNaN(found.get(found.size() - 1)), function.toString());
            }
        }
    }

    /** A parameter whose gradients are all zero stays where it is, but for log-sum-exp, which moves all alike. */
    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void withoutAGradientNormsDoNotMove(String backend) {
        try (Basin basin = TestBackends.open(backend)) {
            for (ConvexFunction function : functionsOfAllElements()) {
                Tensor found = stepped(basin, function, Tensor.allocate(Arena.ofAuto(), DataType.F32, MANY_BLOCKS));
                double expected = function instanceof ConvexFunction.LogSumExp ? 1.0 / MANY_BLOCKS : 0;
                assertEquals(expected, found.get(MANY_BLOCKS - 1), 1e-6 * expected, function.toString());
            }
        }
    }

    private static List<ConvexFunction> functionsOfAllElements() {
        return List.of(
                new ConvexFunction.L2(), new ConvexFunction.Lp(3), new ConvexFunction.Lp(1.5), new ConvexFunction.Lp(40),
                new ConvexFunction.GroupL2(100), new ConvexFunction.LogSumExp(.7));
    }

    /** The weights after a step with the learning rate 1 from zeros. */
    private static Tensor stepped(Basin basin, ConvexFunction function, Tensor gradient) {
        Tensor weights = Tensor.allocate(Arena.ofAuto(), DataType.F32, gradient.size());
        LionK.over(basin, List.of(weights), LionK.Options.of(function)).step(List.of(gradient), 1);
        return weights;
    }

    /** The first block's elements are a thousandth of the others', the second's are zeros. */
    private static Tensor gradientOfManyBlocks() {
        Tensor gradient = normal(DataType.F32, MANY_BLOCKS, new Random(SEED));
        for (int i = 0; i < 2 * OptimizerKernels.LION_K_BLOCK; i++) {
            gradient.set(i, i < OptimizerKernels.LION_K_BLOCK ? gradient.get(i) / 1000 : 0);
        }
        return gradient;
    }

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void theLargestAreKeptWithTiesToTheLowestIndex(String backend) {
        try (Basin basin = TestBackends.open(Basin.Options.defaults().backend(backend).threads(2).parallelThreshold(0))) {
            Random random = new Random(SEED);
            int size = 30_000;
            float[] values = new float[size];
            for (int i = 0; i < size; i++) {
                values[i] = random.nextInt(40) - 20;
            }
            LargestSelection selection = new LargestSelection(size);
            for (int k : new int[] {1, 7, 5000, 29_999, 30_000, 40_000}) {
                float[] results = new float[size];
                selection.keep(basin, Tensor.of(values), k, Tensor.of(results));
                int[] order = java.util.stream.IntStream.range(0, size).boxed()
                        .sorted(java.util.Comparator.comparingDouble((Integer i) -> -Math.abs(values[i])).thenComparing(i -> i))
                        .mapToInt(i -> i).toArray();
                float[] expected = new float[size];
                for (int i = 0; i < Math.min(k, size); i++) {
                    expected[order[i]] = values[order[i]];
                }
                org.junit.jupiter.api.Assertions.assertArrayEquals(expected, results, "k " + k);
            }
        }
    }

    @Test
    void whatIsImpossibleIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new ConvexFunction.Lp(1));
        assertThrows(IllegalArgumentException.class, () -> new ConvexFunction.Soft(0));
        assertThrows(IllegalArgumentException.class, () -> new ConvexFunction.TopK(0));
        assertThrows(IllegalArgumentException.class, () -> new ConvexFunction.GroupL2(0));
        LionK optimizer = LionK.over(reference, List.of(Tensor.of(new double[2], 2)),
                LionK.Options.of(new ConvexFunction.L1()).weightDecay(2));
        assertThrows(IllegalArgumentException.class, () -> optimizer.step(List.of(Tensor.of(new double[2], 2)), .6));
    }

    /** {@code sum h (x - target)^2 / 2}. */
    private static final class Quadratic {
        private final double[] target;
        private final double[] curvature;

        Quadratic(int size, Random random) {
            target = new double[size];
            curvature = new double[size];
            for (int i = 0; i < size; i++) {
                target[i] = 3 * random.nextGaussian();
                curvature[i] = .5 + random.nextDouble();
            }
        }

        double value(Tensor x) {
            double total = 0;
            for (int i = 0; i < target.length; i++) {
                total += curvature[i] * (x.get(i) - target[i]) * (x.get(i) - target[i]) / 2;
            }
            return total;
        }

        void gradient(Tensor x, Tensor gradient) {
            for (int i = 0; i < target.length; i++) {
                gradient.set(i, curvature[i] * (x.get(i) - target[i]));
            }
        }

        /** From the minimiser of this plus {@code sum e |x| + curve x^2 / 2} on the box of ones. */
        double distanceOnBox(Tensor x, double e, double curve) {
            double apart = 0;
            for (int i = 0; i < target.length; i++) {
                double pull = curvature[i] * target[i];
                double shrunk = Math.signum(pull) * Math.max(Math.abs(pull) - e, 0);
                apart = Math.max(apart, Math.abs(x.get(i) - Math.clamp(shrunk / (curvature[i] + curve), -1, 1)));
            }
            return apart;
        }

        /** From the minimiser on the unit ball, where {@code h (x - target) = -multiplier x}. */
        double distanceOnBall(Tensor x) {
            double low = 0;
            double high = 1e6;
            double[] best = new double[target.length];
            for (int round = 0; round < 200; round++) {
                double multiplier = (low + high) / 2;
                double squares = 0;
                for (int i = 0; i < best.length; i++) {
                    best[i] = curvature[i] * target[i] / (curvature[i] + multiplier);
                    squares += best[i] * best[i];
                }
                if (squares > 1) {
                    low = multiplier;
                } else {
                    high = multiplier;
                }
            }
            double apart = 0;
            for (int i = 0; i < best.length; i++) {
                apart = Math.max(apart, Math.abs(x.get(i) - best[i]));
            }
            return apart;
        }
    }

    private static double largest(Tensor x) {
        double largest = 0;
        for (long i = 0; i < x.size(); i++) {
            largest = Math.max(largest, Math.abs(x.get(i)));
        }
        return largest;
    }

    private static double[] fill(int size, double value) {
        double[] values = new double[size];
        java.util.Arrays.fill(values, value);
        return values;
    }

    private static Tensor normal(DataType type, int size, Random random) {
        Tensor tensor = Tensor.allocate(Arena.ofAuto(), type, size);
        for (int i = 0; i < size; i++) {
            tensor.set(i, random.nextGaussian());
        }
        return tensor;
    }
}
