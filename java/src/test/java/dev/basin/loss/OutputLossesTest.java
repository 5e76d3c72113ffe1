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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The worked examples and claims of the catalogue's pages on the Z-loss, LDR, GRU-SVM and direct coverage. */
class OutputLossesTest {
    private static final double EXACT = 1e-9;

    private final Basin reference = TestBackends.reference();

    @AfterEach
    void close() {
        reference.close();
    }

    private double[] gradient(ClassificationLoss<?> loss, double[] logits, int[] targets, double expectedLoss) {
        int classes = logits.length / targets.length;
        double[] gradient = new double[logits.length];
        double found = loss.forwardBackward(reference, Tensor.of(logits, targets.length, classes), Tensor.of(targets),
                Tensor.of(gradient, targets.length, classes));
        assertEquals(expectedLoss, found, EXACT);
        return gradient;
    }

    @Test
    void theZLossOfTheWorkedExample() {
        double[] gradient = gradient(new ZLoss().location(2).epsilon(0), new double[] {2, 0, -1, 1}, new int[] {0}, 1.075555293);
        assertArrayEquals(new double[] {-.176799199, .058933066, -.117866133, .235732265}, gradient, EXACT);
    }

    @Test
    void theZLossDoesNotSeeShiftOrScale() {
        double[] logits = normal(17 * 33, 1);
        int[] targets = new int[17];
        double[] moved = logits.clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] = 7.5 * moved[i] - 40;
        }
        double[] gradient = new double[logits.length];
        ZLoss loss = new ZLoss().epsilon(0);
        double plain = loss.forwardBackward(reference, Tensor.of(logits, 17, 33), Tensor.of(targets), Tensor.of(gradient, 17, 33));
        assertEquals(plain, loss.forward(reference, Tensor.of(moved, 17, 33), Tensor.of(targets)), 1e-12);
        for (int row = 0; row < 17; row++) {
            double sum = 0;
            double along = 0;
            for (int k = 0; k < 33; k++) {
                sum += gradient[row * 33 + k];
                along += gradient[row * 33 + k] * logits[row * 33 + k];
            }
            assertEquals(0, sum, 1e-14, "a shift");
            assertEquals(0, along, 1e-14, "a scale");
        }
    }

    @Test
    void equalLogitsPullNowhere() {
        double[] gradient = gradient(new ZLoss().sharpness(2).location(1), new double[] {5, 5, 5}, new int[] {1}, Math.log1p(Math.exp(2)) / 2);
        assertArrayEquals(new double[3], gradient, 0);
    }

    @Test
    void theSphericalFormOfTheZLoss() {
        double[] out = spherical(new SphericalLoss(SphericalLoss.Kind.Z).location(2).epsilon(0), 2, 6, 2, 4);
        assertArrayEquals(new double[] {1.075555293, -.589330663, .0883996, .058933066}, out, EXACT);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void sphericalDerivativesAreThoseOfTheLoss(int kind) {
        SphericalLoss loss = new SphericalLoss(SphericalLoss.Kind.values()[kind]).location(1).sharpness(1.5);
        double[] at = {1.2, 40, 3};
        double[] out = spherical(loss, at[0], at[1], at[2], 30);
        for (int i = 0; i < 3; i++) {
            double[] more = at.clone();
            double[] less = at.clone();
            more[i] += 1e-5;
            less[i] -= 1e-5;
            double slope = (spherical(loss, more[0], more[1], more[2], 30)[0] - spherical(loss, less[0], less[1], less[2], 30)[0]) / 2e-5;
            assertEquals(slope, out[1 + i], 1e-7, "of number " + i);
        }
    }

    private double[] spherical(SphericalLoss loss, double logit, double squares, double sum, int classes) {
        double[][] out = new double[4][1];
        loss.forwardBackward(reference, Tensor.of(new double[] {logit}, 1), Tensor.of(new double[] {squares}, 1),
                Tensor.of(new double[] {sum}, 1), classes, Tensor.of(out[0], 1), Tensor.of(out[1], 1), Tensor.of(out[2], 1),
                Tensor.of(out[3], 1));
        return new double[] {out[0][0], out[1][0], out[2][0], out[3][0]};
    }

    @ParameterizedTest
    @CsvSource({
        "0.5, NONE, 1.559355560, .982825779, -.985261961, .002436182",
        "1, L1, 1.160307143, .298512232, -.895536696, .597024464"
    })
    void ldrOfTheWorkedExample(double lambda, ScoreNormalization norm, double loss, double first, double second, double third) {
        double[] gradient = gradient(new LdrKl().lambda(lambda).normalization(norm), new double[] {2, 0, -1}, new int[] {1}, loss);
        assertArrayEquals(new double[] {first, second, third}, gradient, EXACT);
    }

    @Test
    void aldrOfTheWorkedExample() {
        double[] temperature = {1};
        AldrKl loss = new AldrKl().normalization(ScoreNormalization.NONE).temperatures(Tensor.of(temperature, 1));
        double[] gradient = gradient(loss, new double[] {2, 0, -1}, new int[] {1}, 1.267221747);
        assertArrayEquals(new double[] {.929831154, -.945843903, .016012749}, gradient, EXACT);
        assertEquals(.738621936, temperature[0], EXACT);
    }

    @ParameterizedTest
    @EnumSource(ScoreNormalization.class)
    void aldrPullsAsLdrDoesAtItsNewTemperature(ScoreNormalization norm) {
        double[] logits = normal(90, 2);
        int[] targets = {0, 5, 9, 3, 3, 1, 0, 2, 8};
        for (int row = 0; row < 9; row++) {
            double[] one = java.util.Arrays.copyOfRange(logits, 10 * row, 10 * row + 10);
            double[] temperature = {.8};
            double[] gradient = new double[10];
            double[] expected = new double[10];
            int[] target = {targets[row]};
            new AldrKl().normalization(norm).temperatures(Tensor.of(temperature, 1))
                    .forwardBackward(reference, Tensor.of(one, 1, 10), Tensor.of(target), Tensor.of(gradient, 1, 10));
            new LdrKl().normalization(norm).lambda(temperature[0])
                    .forwardBackward(reference, Tensor.of(one, 1, 10), Tensor.of(target), Tensor.of(expected, 1, 10));
            assertArrayEquals(expected, gradient, 1e-12);
        }
    }

    @Test
    void ldrBetweenTheHingeAndTheMean() {
        double[] logits = normal(170, 3);
        Tensor x = Tensor.of(logits, 17, 10);
        Tensor targets = Tensor.of(new int[17]);
        LdrKl plain = new LdrKl().margin(0).normalization(ScoreNormalization.NONE);
        double crossEntropy = new CrossEntropy().forward(reference, x, targets);
        assertEquals(crossEntropy - Math.log(10), plain.lambda(1).forward(reference, x, targets), 1e-12);
        double before = plain.lambda(0).forward(reference, x, targets);
        for (double lambda : new double[] {1e-3, .01, .1, 1, 10, 100, 1e6, Double.POSITIVE_INFINITY}) {
            double now = plain.lambda(lambda).forward(reference, x, targets);
            assertTrue(now <= before, "at " + lambda);
            before = now;
        }
        LdrKl symmetric = new LdrKl().margin(1).lambda(Double.POSITIVE_INFINITY).normalization(ScoreNormalization.NONE);
        double sum = 0;
        for (int target = 0; target < 10; target++) {
            int[] all = new int[17];
            java.util.Arrays.fill(all, target);
            sum += symmetric.forward(reference, x, Tensor.of(all));
        }
        assertEquals(9, sum, 1e-12, "the same for every labelling");
    }

    @Test
    void learntTemperaturesStayInTheirRange() {
        double[] logits = normal(1000, 4);
        double[] temperatures = new double[100];
        java.util.Arrays.fill(temperatures, 1);
        new AldrKl().normalization(ScoreNormalization.NONE).temperatures(Tensor.of(temperatures, 100))
                .forward(reference, Tensor.of(logits, 100, 10), Tensor.of(new int[100]));
        double low = java.util.Arrays.stream(temperatures).min().orElseThrow();
        double high = java.util.Arrays.stream(temperatures).max().orElseThrow();
        assertTrue(low >= .5 && high <= 1 && high - low > .2, low + " to " + high);
    }

    @Test
    void temperaturesAreAskedForAndChecked() {
        Tensor logits = Tensor.of(new float[6], 2, 3);
        assertThrows(IllegalArgumentException.class, () -> new AldrKl().forward(reference, logits, Tensor.of(new int[2])));
        AldrKl negative = new AldrKl().temperatures(Tensor.of(new float[] {1, -1}));
        assertThrows(IllegalArgumentException.class, () -> negative.forward(reference, logits, Tensor.of(new int[2])));
    }

    /** The page's acceptance, at the authors' lambda0 of 10: at 1 the learnt temperature is no better than cross-entropy here. */
    @Test
    void robustToNoisyLabelsWhereTheHingeIsNot() {
        AldrKl aldr = new AldrKl().lambda0(10).normalization(ScoreNormalization.SOFTPLUS_L1);
        LdrKl hinge = new LdrKl().lambda(0).margin(1).normalization(ScoreNormalization.NONE);
        double crossEntropy = cleanAccuracy(new CrossEntropy(), .6);
        assertTrue(cleanAccuracy(aldr, .6) > crossEntropy + .03, "ALDR against cross-entropy's " + crossEntropy);
        assertTrue(crossEntropy > cleanAccuracy(hinge, .6), "cross-entropy against the hinge");
        for (ClassificationLoss<?> loss : java.util.List.of(aldr, hinge, new CrossEntropy())) {
            assertTrue(cleanAccuracy(loss, 0) > .93, loss.getClass().getSimpleName() + " without noise");
        }
    }

    /** A linear model on ten blobs, of whose labels a share is drawn anew; three seeds. */
    private double cleanAccuracy(ClassificationLoss<?> given, double noise) {
        double total = 0;
        for (int seed = 1; seed <= 3; seed++) {
            Random random = new Random(seed);
            int n = 600;
            int d = 20;
            double[] centres = new double[10 * d];
            for (int i = 0; i < centres.length; i++) {
                centres[i] = 1.2 * random.nextGaussian();
            }
            double[] x = new double[2 * n * d];
            int[] clean = new int[2 * n];
            for (int i = 0; i < 2 * n; i++) {
                clean[i] = random.nextInt(10);
                for (int j = 0; j < d; j++) {
                    x[i * d + j] = centres[clean[i] * d + j] + random.nextGaussian();
                }
            }
            int[] labels = java.util.Arrays.copyOf(clean, n);
            for (int i = 0; i < n; i++) {
                labels[i] = random.nextDouble() < noise ? random.nextInt(10) : labels[i];
            }
            ClassificationLoss<?> loss = given;
            if (given instanceof AldrKl aldr) {
                double[] temperatures = new double[n];
                java.util.Arrays.fill(temperatures, 10);
                loss = aldr.temperatures(Tensor.of(temperatures, n));
            }
            double[] w = normal(10 * d, random, .1);
            double[] logits = new double[n * 10];
            for (int step = 0; step < 400; step++) {
                product(x, w, n, d, logits);
                Tensor both = Tensor.of(logits, n, 10);
                loss.forwardBackward(reference, both, Tensor.of(labels), both);
                for (int i = 0; i < n; i++) {
                    for (int k = 0; k < 10; k++) {
                        for (int j = 0; j < d; j++) {
                            w[k * d + j] -= logits[i * 10 + k] * x[i * d + j];
                        }
                    }
                }
            }
            double[] test = new double[2 * n * 10];
            product(x, w, 2 * n, d, test);
            int right = 0;
            for (int i = n; i < 2 * n; i++) {
                int best = 0;
                for (int k = 1; k < 10; k++) {
                    best = test[i * 10 + k] > test[i * 10 + best] ? k : best;
                }
                right += best == clean[i] ? 1 : 0;
            }
            total += right / (double) n;
        }
        return total / 3;
    }

    private static void product(double[] x, double[] w, int n, int d, double[] out) {
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < 10; k++) {
                double sum = 0;
                for (int j = 0; j < d; j++) {
                    sum += x[i * d + j] * w[k * d + j];
                }
                out[i * 10 + k] = sum;
            }
        }
    }

    @Test
    void theSvmLossOfTheWorkedExample() {
        int[] prediction = new int[1];
        double[] gradient = new double[3];
        double loss = new SvmLoss().reduction(Reduction.SUM).forwardBackward(
                reference, Tensor.of(new double[] {.5, -2, .25}, 1, 3), Tensor.of(new int[] {0}), Tensor.of(gradient, 1, 3),
                RowBuffers.NONE.argmax(Tensor.of(prediction)));
        assertEquals(.90625, loss, EXACT);
        assertArrayEquals(new double[] {-.5, 0, 1.25}, gradient, EXACT);
        assertEquals(0, prediction[0]);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void marginsThatAreWideEnoughCostNothing(int power) {
        double[] gradient = gradient(new SvmLoss().power(power), new double[] {1, -1, -7, -1, 3, -1}, new int[] {0, 1}, 0);
        assertArrayEquals(new double[6], gradient, 0);
    }

    @Test
    void oneClassHasNoRest() {
        assertThrows(IllegalArgumentException.class,
                () -> new SvmLoss().forward(reference, Tensor.of(new float[2], 2, 1), Tensor.of(new int[2])));
    }

    @Test
    void coverageOfTheWorkedExample() {
        double[] p = {Math.log(.5), Math.log(.1), Math.log(.01)};
        double[] losses = new double[3];
        double[] factors = new double[3];
        new DirectCoverage(4).forwardBackward(reference, Tensor.of(p, 3), Tensor.of(losses, 3), null, Tensor.of(factors, 3));
        assertArrayEquals(new double[] {.064538521, 1.067404362, 3.233888199}, losses, EXACT);
        assertArrayEquals(new double[] {.266666667, .847920907, .984975379}, factors, EXACT);
    }

    @Test
    void coverageOfTokensOfTheWorkedExample() {
        double[] logits = {1, 0, -1, 0, 0, 2};
        double[] out = new double[3];
        new DirectCoverage(4).forwardBackward(reference, Tensor.of(logits, 2, 3), Tensor.of(new int[] {0, 2}), Tensor.of(new int[2]),
                Tensor.of(logits, 2, 3), slice(out, 0), slice(out, 1), slice(out, 2));
        assertArrayEquals(new double[] {.052912952, -.647150731, .238823944}, out, EXACT);
        assertArrayEquals(
                new double[] {-.079948475, .058447019, .021501457, .025436417, .025436417, -.050872834}, logits, EXACT);
    }

    private static Tensor slice(double[] values, int index) {
        return Tensor.of(java.lang.foreign.MemorySegment.ofArray(values).asSlice(index * 8L, 8), dev.basin.DataType.F64, 1);
    }

    @Test
    void oneSampleIsCrossEntropyAndMoreLimitConfidence() {
        double before = 1;
        for (int i = 1; i < 100; i++) {
            double[] logP = {Math.log(i / 100.0)};
            double[] out = new double[2];
            new DirectCoverage(1).forwardBackward(reference, Tensor.of(logP, 1), slice(out, 0), null, slice(out, 1));
            assertEquals(-logP[0], out[0], 1e-15);
            assertEquals(1, out[1]);
            new DirectCoverage(16).forwardBackward(reference, Tensor.of(logP, 1), null, null, slice(out, 1));
            assertTrue(out[1] <= before, "at p = " + i + " %");
            before = out[1];
        }
        assertEquals(.5898, new DirectCoverage(16).factorOfCounts(reference, 1, 16), 5e-5);
        assertEquals(2.44e-4, new DirectCoverage(16).factorOfCounts(reference, 1, 2), 5e-7);
    }

    @ParameterizedTest
    @CsvSource({"1, 0.4", "3, 0.833333333", "0, 0", "10, 1", "7, 1"})
    void passAtFourOfTen(int correct, double expected) {
        assertEquals(expected, DirectCoverage.passAtN(correct, 10, 4), EXACT);
    }

    /** Held-out coverage of 16 samples falls under cross-entropy and stays under direct coverage: the paper's paradox. */
    @Test
    void trainingForCoverageKeepsIt() {
        double[] crossEntropy = heldOutCoverage(1);
        double[] direct = heldOutCoverage(16);
        assertTrue(crossEntropy[0] - crossEntropy[3] > .2, java.util.Arrays.toString(crossEntropy));
        for (int i = 0; i < 4; i++) {
            assertTrue(direct[i] > crossEntropy[i] + .1, java.util.Arrays.toString(direct) + java.util.Arrays.toString(crossEntropy));
        }
    }

    /** After 20, 100, 500 and 2000 steps; 60 points of 20 features, 10 classes, stochastic labels. */
    private double[] heldOutCoverage(int samples) {
        Random random = new Random(5);
        int n = 60;
        int held = 400;
        int d = 20;
        double[] truth = normal(10 * d, random, .5);
        double[] x = normal((n + held) * d, random, 1);
        int[] labels = new int[n + held];
        double[] logits = new double[(n + held) * 10];
        product(x, truth, n + held, d, logits);
        for (int i = 0; i < n + held; i++) {
            double[] p = softmax(logits, i);
            double left = random.nextDouble();
            int k = 0;
            while (k < 9 && left > p[k]) {
                left -= p[k++];
            }
            labels[i] = k;
        }
        int[] answers = new int[n];
        java.util.Arrays.setAll(answers, i -> i);
        double[] w = new double[10 * d];
        double[] coverage = new double[4];
        int reached = 0;
        DirectCoverage loss = new DirectCoverage(samples);
        double[] losses = new double[n];
        double[] batch = new double[n * 10];
        for (int step = 1; step <= 2000; step++) {
            product(x, w, n, d, batch);
            Tensor both = Tensor.of(batch, n, 10);
            loss.forwardBackward(reference, both, Tensor.of(java.util.Arrays.copyOf(labels, n)), Tensor.of(answers), both,
                    Tensor.of(losses, n), null, null);
            for (int i = 0; i < n; i++) {
                for (int k = 0; k < 10; k++) {
                    for (int j = 0; j < d; j++) {
                        w[k * d + j] -= 2.0 / n * batch[i * 10 + k] * x[i * d + j];
                    }
                }
            }
            if (step == 20 || step == 100 || step == 500 || step == 2000) {
                product(x, w, n + held, d, logits);
                double mean = 0;
                for (int i = n; i < n + held; i++) {
                    mean += 1 - Math.pow(1 - softmax(logits, i)[labels[i]], 16);
                }
                coverage[reached++] = mean / held;
            }
        }
        return coverage;
    }

    private static double[] softmax(double[] logits, int row) {
        double[] p = new double[10];
        double sum = 0;
        for (int k = 0; k < 10; k++) {
            p[k] = Math.exp(logits[row * 10 + k]);
            sum += p[k];
        }
        for (int k = 0; k < 10; k++) {
            p[k] /= sum;
        }
        return p;
    }

    private static double[] normal(int size, double deviation) {
        return normal(size, new Random(1), deviation);
    }

    private static double[] normal(int size, Random random, double deviation) {
        double[] values = new double[size];
        for (int i = 0; i < size; i++) {
            values[i] = deviation * random.nextGaussian();
        }
        return values;
    }
}
