package dev.basin.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.TestBackends;
import dev.basin.Tensor;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The worked example and the claims of the catalogue's page on comp-sum losses. */
class CompSumTest {
    private static final double EXACT = 1e-9;

    private final Basin reference = TestBackends.reference();

    @AfterEach
    void close() {
        reference.close();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 3.086161270, 2.718281828, -3.086161270, 0.367879441",
        "0.5, 2.042851108, 1.344735067, -1.526725169, 0.181990101",
        "1, 1.407605964, 0.665240956, -0.755271529, 0.090030573",
        "1.5, 1.010599230, 0.329094957, -0.373633116, 0.044538159",
        "2, 0.755271529, 0.162803402, -0.184836447, 0.022033045"
    })
    void theWorkedExample(double tau, double loss, double first, double second, double third) {
        Tensor gradient = Tensor.of(new double[3], 1, 3);
        double mean = new CompSum(tau).forwardBackward(
                reference, Tensor.of(new double[] {1, 0, -1}, 1, 3), Tensor.of(new int[] {1}), gradient);
        assertEquals(loss, mean, EXACT);
        assertValues(gradient, first, second, third);
    }

    @Test
    void theWorkedExampleUnderAttack() {
        Tensor logits = Tensor.of(new double[] {1, 0, -1}, 1, 3);
        Tensor attacked = Tensor.of(new double[] {1.5, -.5, -1}, 1, 3);
        Tensor gradient = Tensor.of(new double[3], 1, 3);
        Tensor attackedGradient = Tensor.of(new double[3], 1, 3);
        Tensor norm = Tensor.of(new double[1], 1);
        double loss = new SmoothAdversarialCompSum().rho(.5).nu(2).forwardBackward(
                reference, logits, attacked, Tensor.of(new int[] {1}), gradient, attackedGradient, norm, RowBuffers.NONE);
        assertEquals(4.378999606, loss, EXACT);
        assertValues(norm, 1.118033989);
        assertValues(gradient, -.055227718, .917902429, -.862674711);
        assertValues(attackedGradient, 1.788854382, -2.683281573, .894427191);
    }

    @Test
    void theNamedMembersOfTheFamily() {
        Random random = new Random(1);
        double[] x = new double[170];
        int[] y = new int[17];
        for (int i = 0; i < 170; i++) {
            x[i] = 3 * random.nextGaussian();
        }
        for (int i = 0; i < 17; i++) {
            y[i] = random.nextInt(10);
        }
        for (int row = 0; row < 17; row++) {
            double p = probability(x, row, y[row]);
            assertEquals(-Math.log(p), loss(1, x, y, row), 1e-14, "cross-entropy");
            assertEquals(1 - p, loss(2, x, y, row), 1e-15, "mean absolute error");
            assertEquals(1 / p - 1, loss(0, x, y, row), 1e-13 / p, "sum-exponential");
            assertEquals((1 - Math.pow(p, .7)) / .7, loss(1.7, x, y, row), 1e-14, "generalised cross-entropy");
            assertEquals(loss(1, x, y, row), loss(1 + 1e-8, x, y, row), 1e-6, "continuous at 1");
            for (double tau = 0; tau < 2; tau += .1) {
                assertTrue(loss(tau + .1, x, y, row) <= loss(tau, x, y, row), "not increasing in tau");
            }
        }
    }

    /** Claim 2: the excess of the loss is at least T of the excess error, and equal to it for two classes with equal scores. */
    @ParameterizedTest
    @ValueSource(doubles = {0, .5, 1, 1.5, 2})
    void theConsistencyBoundHolds(double tau) {
        Random random = new Random(17);
        double least = Double.POSITIVE_INFINITY;
        for (int trial = 0; trial < 4000; trial++) {
            int n = 2 + random.nextInt(5);
            double[] p = distribution(random, n);
            double[] h = new double[n];
            for (int k = 0; k < n; k++) {
                h[k] = 2 * random.nextGaussian();
            }
            int best = 0;
            for (int k = 1; k < n; k++) {
                best = h[k] > h[best] ? k : best;
            }
            double excess = expectedLoss(tau, p, h) - infimum(tau, p);
            least = Math.min(least, excess - bound(tau, max(p) - p[best], n));
        }
        assertTrue(least > -1e-12, "smallest slack " + least);
    }

    @ParameterizedTest
    @CsvSource({"0, 0.046061", "0.5, 0.043350", "1, 0.045701", "1.5, 0.062269", "2, 0.150000"})
    void theConsistencyBoundIsTight(double tau, double value) {
        double[] p = {.35, .65};
        double excess = expectedLoss(tau, p, new double[2]) - infimum(tau, p);
        assertEquals(bound(tau, .3, 2), excess, 1e-14);
        assertEquals(value, excess, 1e-6);
    }

    /** A power of p beyond f32: infinite where it must be, finite elsewhere, never NaN. */
    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void whatIsBeyondFloatIsInfiniteAndNotNaN(String backend) {
        float[] x = {0, 300, Float.NEGATIVE_INFINITY};
        float[] gradient = new float[3];
        try (Basin basin = TestBackends.open(backend)) {
            double loss = new CompSum(0).forwardBackward(basin, x, new int[] {0}, gradient);
            assertEquals(Double.POSITIVE_INFINITY, loss);
        }
        assertEquals(Float.NEGATIVE_INFINITY, gradient[0]);
        assertEquals(Float.POSITIVE_INFINITY, gradient[1]);
        assertEquals(0, gradient[2]);
    }

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void logitsMovedTogetherHaveTheSameMargins(String backend) {
        float[] x = {1, 2, 3, 4};
        float[] moved = {3, 4, 5, 6};
        float[] norms = new float[1];
        try (Basin basin = TestBackends.open(backend)) {
            new SmoothAdversarialCompSum().forwardBackward(basin, Tensor.of(x, 1, 4), Tensor.of(moved, 1, 4),
                    Tensor.of(new int[] {2}), null, null, Tensor.of(norms), RowBuffers.NONE);
        }
        assertEquals(0, norms[0]);
    }

    private double loss(double tau, double[] x, int[] y, int row) {
        Tensor losses = Tensor.of(new double[17], 17);
        new CompSum(tau).forward(reference, Tensor.of(x, 17, 10), Tensor.of(y), RowBuffers.NONE.losses(losses));
        return losses.get(row);
    }

    private static double probability(double[] x, int row, int target) {
        double sum = 0;
        for (int k = 0; k < 10; k++) {
            sum += Math.exp(x[10 * row + k] - x[10 * row + target]);
        }
        return 1 / sum;
    }

    private double expectedLoss(double tau, double[] p, double[] h) {
        double total = 0;
        for (int y = 0; y < p.length; y++) {
            total += p[y] * new CompSum(tau).forward(reference, Tensor.of(h, 1, h.length), Tensor.of(new int[] {y}));
        }
        return total;
    }

    private static double infimum(double tau, double[] p) {
        double total = 0;
        if (tau == 1) {
            for (double each : p) {
                total -= each * Math.log(each);
            }
            return total;
        }
        if (tau >= 2) {
            return (1 - max(p)) / (tau - 1);
        }
        for (double each : p) {
            total += Math.pow(each, 1 / (2 - tau));
        }
        return (Math.pow(total, 2 - tau) - 1) / (1 - tau);
    }

    private static double bound(double tau, double t, int n) {
        if (tau == 1) {
            return .5 * ((1 + t) * Math.log1p(t) + (t == 1 ? 0 : (1 - t) * Math.log1p(-t)));
        }
        if (tau >= 2) {
            return t / ((tau - 1) * Math.pow(n, tau - 1));
        }
        double m = .5 * (Math.pow(1 + t, 1 / (2 - tau)) + Math.pow(1 - t, 1 / (2 - tau)));
        double power = Math.pow(m, 2 - tau);
        return tau < 1
                ? Math.pow(2, 1 - tau) / (1 - tau) * (1 - power)
                : (power - 1) / ((tau - 1) * Math.pow(n, tau - 1));
    }

    private static double[] distribution(Random random, int n) {
        double[] p = new double[n];
        double total = 0;
        for (int k = 0; k < n; k++) {
            p[k] = -Math.log(1 - random.nextDouble());
            total += p[k];
        }
        for (int k = 0; k < n; k++) {
            p[k] /= total;
        }
        return p;
    }

    private static double max(double[] values) {
        double largest = values[0];
        for (double value : values) {
            largest = Math.max(largest, value);
        }
        return largest;
    }

    private static void assertValues(Tensor tensor, double... expected) {
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], tensor.get(i), EXACT, "element " + i + " of " + tensor);
        }
    }
}
