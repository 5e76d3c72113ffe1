package dev.basin.online;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.TestBackends;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The worked example and the claim on linear estimates of the catalogue's page on follow-the-regularised-leader with the log-barrier. */
class LinearQEstimatorTest {
    private static final double EXACT = 1e-11;
    private static final int WIDTH = 8;
    private static final int QUERIES = 64;

    private final Basin reference = TestBackends.reference();

    @AfterEach
    void close() {
        reference.close();
    }

    @Test
    void theWorkedExample() {
        Tensor features = Tensor.of(new double[] {1, 0, .6, .8, 0, -1}, 3, 2);
        double[] inverse = new double[4];
        LinearQEstimator.inverseCovariance(reference, features, .1, Tensor.of(inverse, 2, 2));
        assertArrayEquals(new double[] {1.946488294314, -.481605351171, -.481605351171, 1.665551839465}, inverse, EXACT);
        Tensor query = Tensor.of(new double[] {1, 0, -.5, .5}, 2, 2);
        Tensor visited = Tensor.of(new double[] {.6, .8}, 2);
        double[] q = new double[2];
        LinearQEstimator.estimate(reference, query, Tensor.of(inverse, 2, 2), visited, 2, Tensor.of(q, 2));
        assertArrayEquals(new double[] {1.565217391304, .260869565217}, q, EXACT);
        LinearQEstimator.magnitudeReduced(reference, query, Tensor.of(inverse, 2, 2), visited, features, 2, 5, Tensor.of(q, 2));
        assertArrayEquals(new double[] {1.565217391304, -3.551839464883}, q, EXACT);
        double[] bonus = new double[2];
        LinearQEstimator.bonus(reference, Tensor.of(new double[] {1, 0, 0, 1}, 1, 2, 2), Tensor.of(inverse, 2, 2),
                Tensor.of(new double[] {.25, .75}, 1, 2), 2, Tensor.of(bonus, 1, 2));
        double mean = .25 * inverse[0] + .75 * inverse[3];
        assertArrayEquals(new double[] {2 * (inverse[0] + mean), 2 * (inverse[3] + mean)}, bonus, EXACT);
    }

    /** Claim 3: one large direction of features and seven small ones. */
    @Test
    void theReducedEstimateIsNeverFarBelowZeroAndHasTheSameMean() {
        long seed = 5;
        Random random = new Random(seed);
        double[] samples = features(random, 600);
        double[] query = new double[QUERIES * WIDTH];
        for (int n = 0; n < QUERIES; n++) {
            double norm = 0;
            for (int k = n * WIDTH; k < (n + 1) * WIDTH; k++) {
                query[k] = random.nextGaussian();
                norm += query[k] * query[k];
            }
            for (int k = n * WIDTH; k < (n + 1) * WIDTH; k++) {
                query[k] /= Math.sqrt(norm);
            }
        }
        for (double gamma : new double[] {1e-2, 1e-3, 1e-4}) {
            checkReduction(query, samples, gamma, new Random(seed), "seed " + seed + ", gamma " + gamma);
        }
    }

    private static double[] features(Random random, int rows) {
        double[] values = new double[rows * WIDTH];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % WIDTH == 0 ? random.nextDouble(-.9, .9) : .03 * random.nextGaussian();
        }
        return values;
    }

    private void checkReduction(double[] query, double[] samples, double gamma, Random random, String what) {
        int count = samples.length / WIDTH;
        Tensor queries = Tensor.of(query, QUERIES, WIDTH);
        Tensor all = Tensor.of(samples, count, WIDTH);
        Tensor inverse = Tensor.of(new double[WIDTH * WIDTH], WIDTH, WIDTH);
        LinearQEstimator.inverseCovariance(reference, all, gamma, inverse);
        double[] added = new double[QUERIES];
        LinearQEstimator.magnitudeReduced(
                reference, queries, inverse, Tensor.of(new double[WIDTH], WIDTH), all, 0, 1, Tensor.of(added, QUERIES));
        double least = Arrays.stream(added).min().orElseThrow();
        double[] plain = new double[QUERIES];
        double[] reduced = new double[QUERIES];
        double[] difference = new double[QUERIES];
        double plainLeast = 0;
        double reducedLeast = 0;
        for (int visit = 0; visit < count; visit++) {
            double[] phi = Arrays.copyOfRange(samples, visit * WIDTH, (visit + 1) * WIDTH);
            Tensor visited = Tensor.of(phi, WIDTH);
            double loss = random.nextDouble();
            LinearQEstimator.estimate(reference, queries, inverse, visited, loss, Tensor.of(plain, QUERIES));
            // The mean of what is subtracted does not depend on the visit: a single sample of zeros leaves it out.
            LinearQEstimator.magnitudeReduced(reference, queries, inverse, visited, Tensor.of(new double[WIDTH], 1, WIDTH), loss, 1,
                    Tensor.of(reduced, QUERIES));
            for (int n = 0; n < QUERIES; n++) {
                reduced[n] += added[n];
                difference[n] += reduced[n] - plain[n];
                plainLeast = Math.min(plainLeast, plain[n]);
                reducedLeast = Math.min(reducedLeast, reduced[n]);
            }
        }
        assertTrue(reducedLeast >= least && least >= -1 / Math.sqrt(gamma), what + ": " + reducedLeast + ", " + least);
        assertTrue(plainLeast <= 3 * reducedLeast, what + ": " + plainLeast + " and " + reducedLeast);
        for (double each : difference) {
            assertEquals(0, each / count, 1e-9, what);
        }
    }

    @Test
    void wrongNumbersAreRefused() {
        Tensor one = Tensor.of(new double[] {1}, 1, 1);
        Tensor vector = Tensor.of(new double[] {1}, 1);
        assertThrows(IllegalArgumentException.class, () -> LinearQEstimator.inverseCovariance(reference, one, 0, one));
        String message = assertThrows(IllegalArgumentException.class, () -> LinearQEstimator.magnitudeReduced(
                reference, one, one, vector, one, 6, 5, vector)).getMessage();
        assertEquals("lossToGo must be between 0 and the horizon 5.0, got 6.0", message);
        String pivot = assertThrows(ArithmeticException.class, () -> OptimisticNewtonStep.invert(
                Tensor.of(new double[] {1, 2, 2, 1}, 2, 2), Tensor.of(new double[4], 2, 2))).getMessage();
        assertEquals("the matrix must be positive definite, got a pivot of -3.0 in row 1", pivot);
    }
}
