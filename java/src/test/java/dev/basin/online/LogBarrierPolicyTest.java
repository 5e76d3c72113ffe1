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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The worked example and the claims of the catalogue's page on follow-the-regularised-leader with the log-barrier, but for estimates. */
class LogBarrierPolicyTest {
    private static final double EXACT = 1e-11;
    private static final double[] C = {0, 1, -2};

    private final Basin reference = TestBackends.reference();

    @AfterEach
    void close() {
        reference.close();
    }

    @Test
    void theWorkedExample() {
        double[] p = new double[3];
        double[] shift = new double[1];
        double[] gradient = new double[3];
        Tensor upstream = Tensor.of(new double[] {1, 0, .5}, 1, 3);
        LogBarrierPolicy barrier = new LogBarrierPolicy(.5);
        barrier.policy(reference, Tensor.of(C, 1, 3), Tensor.of(p, 1, 3), Tensor.of(shift, 1));
        assertArrayEquals(new double[] {.302775637732, .262965816357, .434258545911}, p, EXACT);
        assertEquals(6.605551275464, shift[0], EXACT);
        double byEta = barrier.backward(reference, Tensor.of(p, 1, 3), upstream, Tensor.of(C, 1, 3), Tensor.of(gradient, 1, 3));
        assertArrayEquals(new double[] {-.021440996230, .018402096440, .003038899790}, gradient, EXACT);
        assertEquals(.024648593719, byEta, EXACT);

        ExponentialWeights weights = new ExponentialWeights(.5);
        weights.policy(reference, Tensor.of(C, 1, 3), Tensor.of(p, 1, 3));
        assertArrayEquals(new double[] {.231223897622, .140244383166, .628531719212}, p, EXACT);
        byEta = weights.backward(reference, Tensor.of(p, 1, 3), upstream, Tensor.of(C, 1, 3), Tensor.of(gradient, 1, 3));
        assertArrayEquals(new double[] {-.052546814921, .038250937263, .014295877659}, gradient, EXACT);
        assertEquals(.019318363892, byEta, EXACT);
    }

    @Test
    void gradientsAreDerivatives() {
        Random random = new Random(3);
        double[] c = random.doubles(7, -3, 3).toArray();
        double[] g = random.doubles(7, -1, 1).toArray();
        for (boolean barrier : new boolean[] {true, false}) {
            double[] gradient = new double[7];
            double byEta = backward(barrier, c, g, gradient);
            for (int a = 0; a < 7; a++) {
                double[] above = c.clone();
                double[] below = c.clone();
                above[a] += 1e-5;
                below[a] -= 1e-5;
                assertEquals((along(barrier, above, g, .3) - along(barrier, below, g, .3)) / 2e-5, gradient[a], 1e-9);
            }
            assertEquals((along(barrier, c, g, .3 + 1e-5) - along(barrier, c, g, .3 - 1e-5)) / 2e-5, byEta, 1e-8);
        }
    }

    private double along(boolean barrier, double[] c, double[] g, double eta) {
        return dot(policy(barrier, c, eta), g);
    }

    private double backward(boolean barrier, double[] c, double[] g, double[] gradient) {
        Tensor p = row(policy(barrier, c, .3));
        return barrier
                ? new LogBarrierPolicy(.3).backward(reference, p, row(g), row(c), row(gradient))
                : new ExponentialWeights(.3).backward(reference, p, row(g), row(c), row(gradient));
    }

    private double[] policy(boolean barrier, double[] c, double eta) {
        double[] p = new double[c.length];
        if (barrier) {
            new LogBarrierPolicy(eta).policy(reference, row(c), row(p), null);
        } else {
            new ExponentialWeights(eta).policy(reference, row(c), row(p));
        }
        return p;
    }

    private static Tensor row(double[] values) {
        return Tensor.of(values, 1, values.length);
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    /** Claim 1: a thousand ordinary rounds, then a loss of -2000 for the action that seemed bad. */
    @Test
    void aHugeNegativeLossStaysWithinTheBoundOfTheBarrierAndBreaksThatOfTheEntropy() {
        double[][] losses = new double[1001][];
        Arrays.fill(losses, new double[] {0, 1});
        losses[1000] = new double[] {0, -2000};
        double[] comparator = {1 / 2002.0, 1 - 1 / 2002.0};
        Run barrier = run(true, losses, comparator);
        assertEquals(1031.5, barrier.regret, .1);
        assertEquals(4047.9, barrier.bound(), .1);
        assertEquals(.0196, barrier.last[1], 1e-4);
        Run entropy = run(false, losses, comparator);
        assertEquals(1013.6, entropy.regret, .1);
        double quantity = Math.log(2) / .05 + .05 * entropy.squares;
        assertEquals(14.57, quantity, .01);
        assertEquals(1.9e-22, entropy.last[1], 1e-23);
        assertTrue(barrier.regret <= barrier.bound() && entropy.regret > 50 * quantity);
    }

    /** Claim 2: a loss of -400 every 50 rounds, of one action after the other. */
    @Test
    void regretStaysWithinItsBound() {
        for (int seed = 1; seed <= 3; seed++) {
            Random random = new Random(seed);
            double[][] losses = new double[2000][];
            double[] total = new double[5];
            for (int t = 0; t < losses.length; t++) {
                losses[t] = random.doubles(5).toArray();
                if (t % 50 == 49) {
                    losses[t][t / 50 % 5] = -400;
                }
                for (int a = 0; a < 5; a++) {
                    total[a] += losses[t][a];
                }
            }
            double[] comparator = new double[5];
            Arrays.fill(comparator, 1 / (5.0 * losses.length));
            int best = 0;
            for (int a = 1; a < 5; a++) {
                best = total[a] < total[best] ? a : best;
            }
            comparator[best] += 1 - 1.0 / losses.length;
            Run run = run(true, losses, comparator);
            assertTrue(run.regret <= run.bound(), "seed " + seed + ": regret " + run.regret + ", bound " + run.bound());
        }
    }

    private record Run(double regret, double squares, double barrierOfComparator, double[] last) {
        double bound() {
            return barrierOfComparator / .05 + .05 * squares;
        }
    }

    private Run run(boolean barrier, double[][] losses, double[] comparator) {
        double[] total = new double[comparator.length];
        double regret = 0;
        double squares = 0;
        double[] p = new double[0];
        for (double[] loss : losses) {
            p = policy(barrier, total, .05);
            for (int a = 0; a < p.length; a++) {
                regret += (p[a] - comparator[a]) * loss[a];
                squares += p[a] * loss[a] * loss[a];
                total[a] += loss[a];
            }
        }
        double of = 0;
        for (double y : comparator) {
            of -= Math.log(y * comparator.length);
        }
        return new Run(regret, squares, of, p);
    }

    /** Claim 4, for rows of a thousand actions with ties and gaps of up to 1e5, on every backend. */
    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void rowsSumToOneAndTurnTheOrderOfLossesAround(String backend) {
        Random random = new Random(11);
        float[] c = new float[3 * 1000];
        for (int i = 0; i < c.length; i++) {
            c[i] = i < 1000 ? random.nextInt(4) : (float) (random.nextGaussian() * (i < 2000 ? 3 : 1e5));
        }
        float[] p = new float[c.length];
        float[] shift = new float[3];
        try (Basin basin = TestBackends.open(backend)) {
            LogBarrierPolicy learner = new LogBarrierPolicy(.5);
            learner.policy(basin, Tensor.of(c, 3, 1000), Tensor.of(p, 3, 1000), Tensor.of(shift));
            for (int row = 0; row < 3; row++) {
                double sum = 0;
                Integer[] order = new Integer[1000];
                for (int a = 0; a < 1000; a++) {
                    order[a] = row * 1000 + a;
                    sum += p[row * 1000 + a];
                }
                assertEquals(1, sum, 1e-5);
                Arrays.sort(order, (i, j) -> Float.compare(c[i], c[j]));
                for (int a = 0; a < 1000; a++) {
                    assertTrue(p[order[a]] > 0 && (a == 0 || p[order[a]] <= p[order[a - 1]]));
                    double by = 1 / (.5 * p[order[a]]);
                    // The shift is rounded to f32, of the size of the losses.
                    assertEquals(by, (double) c[order[a]] + shift[row], 1e-4 * by + Math.ulp(shift[row]));
                }
            }
            new LogBarrierPolicy(1e-12).policy(basin, Tensor.of(c, 3, 1000), Tensor.of(p, 3, 1000), null);
            for (float each : p) {
                assertEquals(1e-3, each, 1e-7);
            }
        }
    }

    @Test
    void lossesThatAreNotFiniteAreRefused() {
        double[] p = {7, 7};
        for (double wrong : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            Tensor losses = Tensor.of(new double[] {0, wrong}, 1, 2);
            String message = assertThrows(IllegalArgumentException.class,
                    () -> new LogBarrierPolicy(1).policy(reference, losses, Tensor.of(p, 1, 2), null)).getMessage();
            assertEquals("cumulativeLosses must be finite, got " + wrong + " at index 1", message);
            assertThrows(IllegalArgumentException.class,
                    () -> new ExponentialWeights(1).policy(reference, losses, Tensor.of(p, 1, 2)));
        }
        assertArrayEquals(new double[] {7, 7}, p);
        assertThrows(IllegalArgumentException.class, () -> new LogBarrierPolicy(0));
    }
}
