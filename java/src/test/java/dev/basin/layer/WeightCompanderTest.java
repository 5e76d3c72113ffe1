package dev.basin.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.TestBackends;
import dev.basin.Tensor;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The worked example and the claims of the catalogue's page on the weight compander. */
class WeightCompanderTest {
    private static final long SEED = 20;

    @Test
    void theWorkedExample() {
        check(WeightCompander.Curve.ARCTAN, new double[] {.2318238045, -.553574358897, .735563837152},
                new double[] {2, 1, -.024752475248}, -3.221777500891, 1.247524752475);
        check(WeightCompander.Curve.TANH, new double[] {.23105857863, -.482013790038, .499999997939},
                new double[] {1.966119332415, .353254124266, -2.061153632e-8}, -2.465937998769, -.27655121156);
        check(WeightCompander.Curve.SOFTSIGN, new double[] {.166666666667, -.333333333333, .454545454545},
                new double[] {1.111111111111, .555555555556, -.020661157025}, -1.909090909091, .762167125803);
        try (Basin reference = TestBackends.reference()) {
            Tensor value = Tensor.of(new double[1], 1, 1);
            new WeightCompander(reference, WeightCompander.Curve.ARCTAN)
                    .inverse(Tensor.of(new double[] {.3}, 1, 1), one(.5), one(.2), value);
            assertEquals(.136827361668, value.get(0), 1e-11);
        }
    }

    private static void check(WeightCompander.Curve curve, double[] weights, double[] gradients, double gradA, double gradB) {
        try (Basin reference = TestBackends.reference()) {
            WeightCompander compander = new WeightCompander(reference, curve);
            Tensor v = Tensor.of(new double[] {.1, -.4, 2}, 1, 3);
            Tensor w = Tensor.of(new double[3], 1, 3);
            Tensor gradient = Tensor.of(new double[] {1, 2, -1}, 1, 3);
            Tensor byA = one(0);
            Tensor byB = one(0);
            compander.forward(v, one(.5), one(.2), w);
            compander.backward(v, one(.5), one(.2), gradient, gradient, byA, byB);
            for (int i = 0; i < 3; i++) {
                assertEquals(weights[i], w.get(i), 1e-11, curve + " " + i);
                assertEquals(gradients[i], gradient.get(i), 1e-11, curve + " " + i);
            }
            assertEquals(gradA, byA.get(0), 1e-11, curve.name());
            assertEquals(gradB, byB.get(0), 1e-11, curve.name());
        }
    }

    /** Claims 1 and 4: the bound holds, and the inverse leads back. */
    @ParameterizedTest
    @EnumSource
    void weightsStayWithinTheBoundAndTheInverseLeadsBack(WeightCompander.Curve curve) {
        try (Basin reference = TestBackends.reference()) {
            WeightCompander compander = new WeightCompander(reference, curve);
            Random random = new Random(SEED);
            double[] v = random.doubles(1000, -2, 2).toArray();
            Tensor w = Tensor.of(new double[1000], 10, 100);
            Tensor back = Tensor.of(new double[1000], 10, 100);
            compander.forward(Tensor.of(v, 10, 100), one(.5), one(.2), w);
            compander.inverse(w, one(.5), one(.2), back);
            for (int i = 0; i < 1000; i++) {
                assertTrue(Math.abs(w.get(i)) < .5 * curve.bound(), "seed " + SEED);
                assertEquals(v[i], back.get(i), (curve == WeightCompander.Curve.TANH ? 1e-6 : 1e-9) * Math.abs(v[i]), "seed " + SEED);
            }
            var refusal = assertThrows(IllegalArgumentException.class,
                    () -> compander.inverse(Tensor.of(new double[] {.5 * curve.bound()}, 1, 1), one(.5), one(.2), one(0)));
            assertTrue(refusal.getMessage().contains("weights must be"), refusal.getMessage());
        }
    }

    /** Claim 2: a small step on the values moves a weight by the slope's square, 6.25 times at 0 and 6.1e-4 times at 2. */
    @Test
    void stepsAreLargerNearZeroAndSmallerFarFromIt() {
        try (Basin reference = TestBackends.reference()) {
            WeightCompander compander = new WeightCompander(reference, WeightCompander.Curve.ARCTAN);
            for (double[] expected : new double[][] {{0, 6.25}, {2, Math.pow(.1 / 4.04, 2)}}) {
                Tensor v = one(expected[0]);
                Tensor before = one(0);
                Tensor after = one(0);
                Tensor gradient = one(1);
                compander.forward(v, one(.5), one(.2), before);
                compander.backward(v, one(.5), one(.2), gradient, gradient, null, null);
                v.set(0, v.get(0) - 1e-6 * gradient.get(0));
                compander.forward(v, one(.5), one(.2), after);
                assertEquals(expected[1], (before.get(0) - after.get(0)) / 1e-6, 1e-3 * expected[1]);
            }
        }
    }

    /** Claim 3: in regression with more weights than examples none passes the bound, and no more of them lie near zero. */
    @Test
    void overParameterisedRegressionStaysWithinTheBound() {
        try (Basin reference = TestBackends.reference()) {
            for (long seed = SEED; seed < SEED + 4; seed++) {
                Regression plain = new Regression(seed);
                Regression bounded = new Regression(seed);
                WeightCompander compander = new WeightCompander(reference, WeightCompander.Curve.ARCTAN);
                Tensor w = Tensor.of(new double[60], 1, 60);
                for (int step = 0; step < 3000; step++) {
                    plain.step(plain.gradient(plain.values));
                    compander.forward(Tensor.of(bounded.values, 1, 60), one(.3), one(.1), w);
                    Tensor gradient = Tensor.of(bounded.gradient(w.memory().toArray(java.lang.foreign.ValueLayout.JAVA_DOUBLE)), 1, 60);
                    compander.backward(Tensor.of(bounded.values, 1, 60), one(.3), one(.1), gradient, gradient, null, null);
                    bounded.step(gradient.memory().toArray(java.lang.foreign.ValueLayout.JAVA_DOUBLE));
                }
                compander.forward(Tensor.of(bounded.values, 1, 60), one(.3), one(.1), w);
                double[] weights = w.memory().toArray(java.lang.foreign.ValueLayout.JAVA_DOUBLE);
                assertTrue(largest(weights) < .3 * Math.PI / 2, "seed " + seed);
                assertTrue(largest(weights) < largest(plain.values), "seed " + seed);
                assertTrue(nearZero(weights) <= nearZero(plain.values), "seed " + seed);
            }
        }
    }

    /** Far beyond saturation nothing overflows and nothing is lost. */
    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void valuesFarOutHaveSmallGradients(String backend) {
        try (Basin basin = TestBackends.open(backend)) {
            WeightCompander compander = new WeightCompander(basin, WeightCompander.Curve.ARCTAN);
            float[] v = {1e6f, -1e6f, 1e20f, Float.POSITIVE_INFINITY, -0.0f};
            Tensor w = Tensor.of(new float[5], 1, 5);
            Tensor gradient = Tensor.of(new float[] {1, 1, 1, 1, 1}, 1, 5);
            compander.forward(Tensor.of(v, 1, 5), one(.5), one(1e-3), w);
            compander.backward(Tensor.of(v, 1, 5), one(.5), one(1e-3), gradient, gradient, null, null);
            assertEquals(.25 * Math.PI, w.get(0), 1e-7);
            assertEquals(-.25 * Math.PI, w.get(1), 1e-7);
            assertEquals(.25 * Math.PI, w.get(3), 1e-7);
            assertEquals(1 / w.get(4), Double.NEGATIVE_INFINITY, "the sign of zero");
            assertEquals(5e-16, gradient.get(0), 1e-21);
            assertEquals(0, gradient.get(3));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void zeroKeepsItsSignOnEveryCurve(String backend) {
        try (Basin basin = TestBackends.open(backend)) {
            for (WeightCompander.Curve curve : WeightCompander.Curve.values()) {
                Tensor w = Tensor.of(new float[2], 1, 2);
                new WeightCompander(basin, curve).forward(Tensor.of(new float[] {-0.0f, 0.0f}, 1, 2), one(.5), one(.2), w);
                assertEquals(Double.NEGATIVE_INFINITY, 1 / w.get(0), curve.name());
                assertEquals(Double.POSITIVE_INFINITY, 1 / w.get(1), curve.name());
            }
        }
    }

    /** One a and b for all rows have the sums of what rows with their own have. */
    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void parametersOfAllRowsHaveTheSumsOfTheRows(String backend) {
        try (Basin basin = TestBackends.open(backend)) {
            for (WeightCompander.Curve curve : WeightCompander.Curve.values()) {
                WeightCompander compander = new WeightCompander(basin, curve);
                Tensor v = Tensor.of(new float[] {.1f, -.4f, 2, -1, .3f, .7f}, 3, 2);
                Tensor gradient = Tensor.of(new float[] {1, 2, -1, .5f, 3, -2}, 3, 2);
                Tensor gradV = Tensor.of(new float[6], 3, 2);
                Tensor byA = Tensor.of(new double[3], 3, 1);
                Tensor byB = Tensor.of(new double[3], 3, 1);
                compander.backward(v, Tensor.of(new double[] {.5, .5, .5}, 3, 1), Tensor.of(new double[] {.2, .2, .2}, 3, 1),
                        gradient, gradV, byA, byB);
                Tensor sumA = one(0);
                Tensor sumB = one(0);
                compander.backward(v, one(.5), one(.2), gradient, gradV, sumA, sumB);
                assertEquals(byA.get(0) + byA.get(1) + byA.get(2), sumA.get(0), 1e-12, curve.name());
                assertEquals(byB.get(0) + byB.get(1) + byB.get(2), sumB.get(0), 1e-12, curve.name());
            }
        }
    }

    /** {@code |X w - y|^2 / 2n} with weights of 0.3 either way and as much noise. */
    private static final class Regression {
        private final double[][] x = new double[40][60];
        private final double[] y = new double[40];
        private final double[] values = new double[60];

        Regression(long seed) {
            Random random = new Random(seed);
            double[] truth = new double[60];
            for (int j = 0; j < 60; j++) {
                truth[j] = random.nextBoolean() ? .3 : -.3;
                values[j] = .05 * random.nextGaussian();
            }
            for (int i = 0; i < 40; i++) {
                y[i] = random.nextGaussian();
                for (int j = 0; j < 60; j++) {
                    x[i][j] = random.nextGaussian();
                    y[i] += x[i][j] * truth[j];
                }
            }
        }

        double[] gradient(double[] weights) {
            double[] gradient = new double[60];
            for (int i = 0; i < 40; i++) {
                double residual = -y[i];
                for (int j = 0; j < 60; j++) {
                    residual += x[i][j] * weights[j];
                }
                for (int j = 0; j < 60; j++) {
                    gradient[j] += residual * x[i][j] / 40;
                }
            }
            return gradient;
        }

        void step(double[] gradient) {
            for (int j = 0; j < 60; j++) {
                values[j] -= .01 * gradient[j];
            }
        }
    }

    private static double largest(double[] weights) {
        return java.util.Arrays.stream(weights).map(Math::abs).max().orElse(0);
    }

    private static long nearZero(double[] weights) {
        return java.util.Arrays.stream(weights).filter(weight -> Math.abs(weight) < .05).count();
    }

    private static Tensor one(double value) {
        return Tensor.of(new double[] {value}, 1, 1);
    }
}
