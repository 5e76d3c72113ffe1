package dev.basin.linear;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.TestBackends;
import dev.basin.Tensor;
import java.util.Random;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The worked example and the claims of the catalogue's page on large steps of logistic regression. */
class LinearClassifierTest {
    private final Basin reference = TestBackends.reference();
    private final Tensor twoRows = Tensor.of(new double[] {1, -1, -1, -4}, 2, 2);
    private final Tensor twoLabels = Tensor.of(new double[] {1, -1}, 2);

    @AfterEach
    void close() {
        reference.close();
    }

    @Test
    void theWorkedExample() {
        Tensor theta = Tensor.of(new double[2], 2);
        Tensor gradient = Tensor.of(new double[2], 2);
        LogisticDescent plain = LogisticDescent.plain(4);
        plain.step(reference, twoRows, twoLabels, theta, gradient);
        assertValues(gradient, -.5, -.75);
        assertValues(theta, 2, 3);
        assertEquals(.656631259523, plain.step(reference, twoRows, twoLabels, theta, gradient).loss(), 1e-11);
        assertValues(gradient, -.365529705079, .365527626259);
        assertValues(theta, 4 * .865529705079, 4 * .384472373741);

        theta = Tensor.of(new double[2], 2);
        LogisticDescent normalized = LogisticDescent.normalized(4);
        assertEquals(Math.log(2), normalized.step(reference, twoRows, twoLabels, theta, gradient).logBeta(), 1e-12);
        assertValues(theta, 4, 6);
        LogisticDescent.Result second = normalized.step(reference, twoRows, twoLabels, theta, gradient);
        assertEquals(1.063464005522, second.loss(), 1e-11);
        assertEquals(.820075191602, second.logBeta(), 1e-11);
        assertValues(gradient, -.440398538989, .440398538988);
        assertValues(theta, 8, 4 * .500000000004);

        theta = Tensor.of(new double[2], 2);
        Perceptron.BATCH.step(reference, twoRows, twoLabels, theta, true);
        assertValues(theta, .5, .75);
        assertEquals(1, Perceptron.BATCH.step(reference, twoRows, twoLabels, theta, false));
        assertValues(theta, 1, .25);
        assertEquals(0, Perceptron.BATCH.step(reference, twoRows, twoLabels, theta, false));
        assertValues(theta, 1, .25);
    }

    /** Claim 1: the paper's Table 1 to the iteration, for a thousand and for a hundred examples. */
    @Test
    void theIterationsOfThePapersTable() {
        for (int n : new int[] {1000, 100}) {
            WorstCase data = new WorstCase(n);
            boolean many = n == 1000;
            assertEquals(2, data.iterations(LogisticDescent.normalized(100)));
            assertEquals(2, data.iterations(LogisticDescent.normalized(10)));
            assertEquals(many ? 16 : 11, data.iterations(LogisticDescent.normalized(1)));
            assertEquals(many ? 157 : 110, data.iterations(LogisticDescent.normalized(.1)));
            assertEquals(many ? 308 : 31, data.iterations(LogisticDescent.plain(100)));
        }
        WorstCase data = new WorstCase(1000);
        assertEquals(301, data.iterations(LogisticDescent.plain(1000)));
        assertEquals(729, data.iterations(LogisticDescent.plain(10)));
        assertEquals(301, data.iterations(Perceptron.BATCH));
        assertEquals(2, data.iterations(Perceptron.NORMALIZED_BATCH));
        assertEquals(2, data.iterations(Perceptron.CLASSICAL));
    }

    /** Claims 2 and 3: large steps tend to the batch perceptron's, and normalised ones separate well within the bound of Theorem 6.1. */
    @Test
    void largeStepsAreThoseOfThePerceptron() {
        for (long seed = 1; seed <= 3; seed++) {
            Separable data = new Separable(seed);
            double[] gammas = {1e2, 1e4, 1e6};
            double[] allowed = {.05, 1e-7, 1e-12};
            for (int i = 0; i < gammas.length; i++) {
                double apart = 0;
                Tensor theta = Tensor.of(new double[20], 20);
                Tensor limit = Tensor.of(new double[20], 20);
                for (int step = 0; step < 30; step++) {
                    LogisticDescent.plain(gammas[i]).step(reference, data.features, data.labels, theta, null);
                    Perceptron.BATCH.step(reference, data.features, data.labels, limit, step == 0);
                    apart = Math.max(apart, distance(theta, limit, gammas[i]));
                }
                assertTrue(apart < allowed[i], "seed " + seed + ", gamma " + gammas[i] + ": " + apart);
            }

            Tensor theta = Tensor.of(new double[20], 20);
            int steps = 0;
            while (LogisticDescent.normalized(100).step(reference, data.features, data.labels, theta, null).correct() < data.rows) {
                steps++;
            }
            double bound = data.largestSquare / (data.margin * data.margin)
                    + 2 * Math.log(2 * data.rows - 1) / (100 * data.margin * data.margin);
            assertTrue(steps <= bound, "seed " + seed + ": " + steps + " steps, bound " + bound);
        }
    }

    /** Claim 4: the loss rises to 12.5 and the next step separates. */
    @Test
    void aHighLossCanMeanFastProgress() {
        Tensor theta = Tensor.of(new double[2], 2);
        LogisticDescent descent = LogisticDescent.plain(100);
        assertEquals(Math.log(2), descent.step(reference, twoRows, twoLabels, theta, null).loss(), 1e-12);
        assertEquals(12.5, descent.step(reference, twoRows, twoLabels, theta, null).loss(), 1e-9);
        assertEquals(100, theta.get(0), 1e-6);
        assertEquals(25, theta.get(1), 1e-6);
        assertEquals(2, descent.step(reference, twoRows, twoLabels, theta, null).correct());
    }

    /** Margins of a thousand in every row: weights that are all nothing still have a direction. */
    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void stepsDoNotVanishWhereAllMarginsAreLarge(String backend) {
        try (Basin basin = TestBackends.open(backend)) {
            Tensor features = Tensor.of(new float[] {1000, 0, 1100, 1}, 2, 2);
            Tensor theta = Tensor.of(new float[] {1, 0});
            LogisticDescent.Result result = LogisticDescent.normalized(2)
                    .step(basin, features, Tensor.of(new int[] {1, 1}), theta, null);
            assertEquals(2001, theta.get(0), 1e-3);
            assertEquals(0, theta.get(1), 1e-6);
            assertEquals(1000 + Math.log(2), result.logBeta(), 1e-6);
            assertEquals(0, result.loss());
        }
    }

    @Test
    void whatIsImpossibleIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> LogisticDescent.plain(0));
        assertThrows(IllegalArgumentException.class, () -> LogisticDescent.normalized(Double.POSITIVE_INFINITY));
        Tensor theta = Tensor.of(new double[] {1, 2}, 2);
        for (Tensor labels : new Tensor[] {Tensor.of(new double[] {1, 0}, 2), Tensor.of(new double[] {1}, 1)}) {
            assertThrows(IllegalArgumentException.class, () -> Perceptron.BATCH.step(reference, twoRows, labels, theta, false));
        }
        assertValues(theta, 1, 2);
    }

    private static double distance(Tensor theta, Tensor limit, double gamma) {
        double apart = 0;
        double size = 0;
        for (int i = 0; i < theta.size(); i++) {
            apart += Math.pow(theta.get(i) / gamma - limit.get(i), 2);
            size += Math.pow(limit.get(i), 2);
        }
        return Math.sqrt(apart / size);
    }

    private static void assertValues(Tensor found, double... expected) {
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], found.get(i), 1e-10, "element " + i);
        }
    }

    /** One example against all others, which outvote it. */
    private final class WorstCase {
        private final int rows;
        private final Tensor features;
        private final Tensor labels;

        WorstCase(int rows) {
            this.rows = rows;
            double[] x = new double[2 * rows];
            double[] y = new double[rows];
            for (int i = 0; i < rows; i++) {
                x[2 * i] = i == 0 ? .5 : -.5;
                x[2 * i + 1] = -1;
                y[i] = i == 0 ? 1 : -1;
            }
            features = Tensor.of(x, rows, 2);
            labels = Tensor.of(y, rows);
        }

        long iterations(LogisticDescent descent) {
            return iterations(theta -> descent.step(reference, features, labels, theta, null).correct());
        }

        long iterations(Perceptron perceptron) {
            boolean[] isFirst = {true};
            return iterations(theta -> {
                long mistakes = perceptron.step(reference, features, labels, theta, isFirst[0]);
                isFirst[0] = false;
                return rows - mistakes;
            });
        }

        private long iterations(ToLongFunction<Tensor> step) {
            Tensor theta = Tensor.of(new double[2], 2);
            long count = 0;
            while (step.applyAsLong(theta) < rows) {
                count++;
            }
            return count;
        }
    }

    /** Gaussian examples with a margin of at least 0.2 to a plane that about 20 of 430 are on one side of. */
    private static final class Separable {
        private final int rows;
        private final Tensor features;
        private final Tensor labels;
        private final double margin;
        private final double largestSquare;

        Separable(long seed) {
            Random random = new Random(seed);
            double[] plane = new double[20];
            plane[0] = 1;
            double[] x = new double[20 * 430];
            double[] y = new double[430];
            double square = 0;
            double least = Double.POSITIVE_INFINITY;
            for (int i = 0; i < 430; i++) {
                double first;
                do {
                    first = random.nextGaussian() + 1.5;
                } while (Math.abs(first) < .2);
                double own = 0;
                for (int j = 0; j < 20; j++) {
                    x[20 * i + j] = j == 0 ? first : random.nextGaussian();
                    own += x[20 * i + j] * x[20 * i + j];
                }
                y[i] = Math.signum(first);
                square = Math.max(square, own);
                least = Math.min(least, Math.abs(first));
            }
            rows = 430;
            features = Tensor.of(x, 430, 20);
            labels = Tensor.of(y, 430);
            margin = least;
            largestSquare = square;
        }
    }
}
