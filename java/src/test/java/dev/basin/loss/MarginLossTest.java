package dev.basin.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.TestBackends;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The worked example and the claims of the catalogue's page on EnsLoss. */
class MarginLossTest {
    private static final double EXACT = 1e-9;

    private final Basin reference = TestBackends.reference();

    @AfterEach
    void close() {
        reference.close();
    }

    private double[][] ensemble(double[] scores, int[] labels, double[] noise, double lambda) {
        double[][] out = new double[3][scores.length];
        out[2][0] = MarginLoss.ensemble(reference, vector(scores), Tensor.of(labels), vector(noise), vector(out[0]), vector(out[1]), lambda, 1e-6);
        return out;
    }

    private static Tensor vector(double[] values) {
        return Tensor.of(values, values.length);
    }

    @Test
    void theWorkedExample() {
        double[][] out = ensemble(new double[] {.5, -1, 2, .2}, new int[] {1, 1, 1, 0}, new double[] {-.5, .3, -2, -1}, 0);
        assertEquals(.200507457, out[2][0], EXACT);
        assertArrayEquals(new double[] {-.367880441, -1.000001, -.067668642, -.606531660}, out[1], EXACT);
        assertArrayEquals(new double[] {-.091970110, -.250000250, -.016917160, .151632915}, out[0], EXACT);
        double[][] half = ensemble(new double[] {.5, -1, 2, .2}, new int[] {1, 1, 1, 0}, new double[] {-.5, .3, -2, -1}, .5);
        assertEquals(.246874675, half[2][0], EXACT);
        assertArrayEquals(new double[] {-.062500250, -.250000250, -2.5e-7, .140625250}, half[0], EXACT);
    }

    @Test
    void everyDrawIsConvexAndCalibrated() {
        Random random = new Random(1);
        for (double lambda : new double[] {0, .5, -.5, .999, -.999, 1, -1}) {
            double[] scores = random.doubles(500, -3, 3).toArray();
            double[] noise = random.doubles(500).map(_ -> random.nextGaussian()).toArray();
            int[] labels = random.ints(500, 0, 2).toArray();
            double[] derivatives = ensemble(scores, labels, noise, lambda)[1];
            Integer[] order = new Integer[500];
            java.util.Arrays.setAll(order, i -> i);
            java.util.Arrays.sort(order, java.util.Comparator.comparingDouble(i -> scores[i] * (labels[i] > 0 ? 1 : -1)));
            double before = -1 - 1e-6;
            for (int i : order) {
                assertTrue(derivatives[i] < 0 && derivatives[i] >= before - 1e-15, "lambda " + lambda);
                before = derivatives[i];
            }
        }
    }

    @Test
    void noiseThatIsNotNegativeGivesTheLogHinge() {
        double[] scores = {3, .5, -2, 1};
        double[] derivatives = ensemble(scores, new int[] {1, 1, 1, 1}, new double[] {0, 1, 2, .5}, 0)[1];
        for (int i = 0; i < 4; i++) {
            assertEquals((scores[i] > 1 ? -1 / scores[i] : -1) - 1e-6, derivatives[i], 1e-15);
        }
    }

    /** Floats are sorted by packed keys, other doubles are not: the order is the same. */
    @Test
    void equalValuesKeepTheirOrderAndZeroHasTwoSigns() {
        double[] values = {1.5, -2, Double.POSITIVE_INFINITY, 0, -0.0, 1.5, Double.NEGATIVE_INFINITY, -2, 3e-45};
        int[] expected = {6, 1, 7, 4, 3, 8, 0, 5, 2};
        assertArrayEquals(expected, Arguments.ascending(9, i -> (float) values[i]));
        assertArrayEquals(expected, Arguments.ascending(9, i -> values[i] == 1.5 ? 1.4999999999 : values[i]));
    }

    @Test
    void scoresThatCannotBeSortedAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> ensemble(new double[] {Double.NaN}, new int[] {1}, new double[1], 0));
        assertThrows(IllegalArgumentException.class, () -> ensemble(new double[] {1}, new int[] {2}, new double[1], 0));
        assertThrows(IllegalArgumentException.class, () -> ensemble(new double[0], new int[0], new double[0], 0));
    }
}
