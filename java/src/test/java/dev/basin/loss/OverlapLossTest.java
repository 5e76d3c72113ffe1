package dev.basin.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.TestBackends;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The worked examples and the claims of the catalogue's page on Dice losses. */
class OverlapLossTest {
    private static final double EXACT = 1e-9;
    private static final double[] LOGITS = {.5, -1, 2};
    private static final double[] TARGETS = {1, 0, 0};

    private final Basin reference = TestBackends.reference();

    @AfterEach
    void close() {
        reference.close();
    }

    private static Tensor vector(double... values) {
        return Tensor.of(values, values.length);
    }

    private void eachRow(OverlapLoss loss, double[] losses, double[] gradient) {
        double[] foundLosses = new double[3];
        double[] found = new double[3];
        loss.eachRow(reference, vector(LOGITS), vector(TARGETS), null, vector(foundLosses), vector(found));
        assertArrayEquals(losses, foundLosses, EXACT);
        assertArrayEquals(gradient, found, EXACT);
    }

    private void batch(OverlapLoss loss, double expected, double[] gradient) {
        double[] losses = new double[1];
        double[] found = new double[3];
        loss.batch(reference, vector(LOGITS), vector(TARGETS), null, vector(losses), vector(found));
        assertEquals(expected, losses[0], EXACT);
        assertArrayEquals(gradient, found, EXACT);
    }

    @Test
    void theWorkedExamples() {
        OverlapLoss dice = OverlapLoss.dice().alpha(1).squared(false);
        eachRow(dice, new double[] {.342279650, .164307181, .095017371}, new double[] {.034566974, .063453460, -.065488773});
        eachRow(dice.squared(true), new double[] {.284746840, .037217561, .010903457},
                new double[] {.046595576, .033117547, -.016426934});
        batch(dice, .420483295, new double[] {.032231400, .020757467, -.018268326});
        batch(OverlapLoss.tversky(.3, .7), .272980739, new double[] {-.082336959, .019215387, .010261292});
    }

    @Test
    void theWorkedExampleOfTheSoftmax() {
        double[] losses = new double[1];
        double[] gradient = new double[3];
        OverlapLoss.dice().alpha(1).squared(false).eachRow(reference, Tensor.of(new double[] {1, 0, -1}, 1, 3), Tensor.of(new int[] {1}), null,
                vector(losses), Tensor.of(gradient, 1, 3));
        assertEquals(.630956898, losses[0], EXACT);
        assertArrayEquals(new double[] {-.038944368, -.038750649, .077695016}, gradient, EXACT);
    }

    /** Of hard predictions the batch's loss is one minus F1, and so is Tversky's with halves. */
    @Test
    void hardPredictionsGiveOneMinusF1() {
        double[] logits = {800, 800, -800, -800, 800};
        double[] targets = {1, 0, 1, 0, 1};
        double[] dice = new double[1];
        double[] tversky = new double[1];
        OverlapLoss.dice().alpha(0).gamma(0).squared(false).batch(reference, vector(logits), vector(targets), null, vector(dice), vector(new double[5]));
        OverlapLoss.tversky(.5, .5).gamma(0).batch(reference, vector(logits), vector(targets), null, vector(tversky), vector(new double[5]));
        double f1 = 2 * 2.0 / (2 * 2 + 1 + 1);
        assertEquals(1 - f1, dice[0], 1e-12);
        assertEquals(1 - f1, tversky[0], 1e-12);
    }

    @Test
    void easyNegativesAreSilenced() {
        double[] p = {.1, .01, .001};
        double[] logits = new double[3];
        for (int i = 0; i < 3; i++) {
            logits[i] = Math.log(p[i] / (1 - p[i]));
        }
        double[] gradient = new double[3];
        OverlapLoss.dice().alpha(1).eachRow(reference, vector(logits), vector(0, 0, 0), null, vector(new double[3]), vector(gradient));
        assertEquals(1.3e-2, gradient[0], 5e-4);
        assertEquals(1.9e-4, gradient[1], 5e-6);
        assertEquals(2.0e-6, gradient[2], 5e-8);
    }

    @Test
    void maskedRowsAddNothing() {
        Tensor mask = Tensor.of(MemorySegment.ofArray(new int[] {1, 0, 1}), DataType.I32, 3);
        double[] masked = new double[1];
        double[] gradient = new double[3];
        double[] rest = new double[1];
        OverlapLoss.dice().batch(reference, vector(LOGITS), vector(TARGETS), mask, vector(masked), vector(gradient));
        OverlapLoss.dice().batch(reference, vector(.5, 2), vector(1, 0), null, vector(rest), vector(new double[2]));
        assertEquals(rest[0], masked[0], 1e-15);
        assertEquals(0, gradient[1]);
        assertThrows(IllegalArgumentException.class, () -> OverlapLoss.dice().batch(
                reference, vector(LOGITS), vector(1, 2, 0), null, vector(masked), vector(gradient)));
        assertThrows(IllegalArgumentException.class, () -> OverlapLoss.dice().batch(
                reference, vector(LOGITS), vector(TARGETS), Tensor.of(new int[] {1, 2, 0}), vector(masked), vector(gradient)));
        assertThrows(IllegalArgumentException.class, () -> OverlapLoss.tversky(0, 0));
    }

    /** Two positives in a hundred: F1 at one half, trained for 300 steps of Adam, over five seeds. */
    @Test
    void rarePositivesAreFound() {
        double crossEntropy = trainedF1(null);
        assertTrue(trainedF1(OverlapLoss.dice().alpha(0).squared(false)) > crossEntropy + .15, "Dice");
        assertTrue(trainedF1(OverlapLoss.dice()) > crossEntropy + .15, "squared Dice");
        assertTrue(trainedF1(OverlapLoss.tversky(.3, .7)) > crossEntropy + .15, "Tversky");
    }

    private double trainedF1(OverlapLoss loss) {
        double total = 0;
        for (int seed = 1; seed <= 5; seed++) {
            Random random = new Random(seed);
            int n = 4000;
            double[] x = new double[2 * n * 5];
            double[] y = new double[2 * n];
            for (int i = 0; i < 2 * n; i++) {
                y[i] = random.nextInt(50) == 0 ? 1 : 0;
                for (int j = 0; j < 5; j++) {
                    x[i * 5 + j] = random.nextGaussian() + .9 * y[i];
                }
            }
            double[] w = new double[6];
            double[] m = new double[6];
            double[] v = new double[6];
            double[] logits = new double[n];
            double[] gradient = new double[n];
            double[] train = java.util.Arrays.copyOf(y, n);
            for (int step = 1; step <= 300; step++) {
                for (int i = 0; i < n; i++) {
                    logits[i] = score(w, x, i);
                }
                if (loss == null) {
                    for (int i = 0; i < n; i++) {
                        gradient[i] = (1 / (1 + Math.exp(-logits[i])) - train[i]) / n;
                    }
                } else {
                    loss.batch(reference, vector(logits), vector(train), null, vector(new double[1]), vector(gradient));
                }
                for (int j = 0; j < 6; j++) {
                    double g = 0;
                    for (int i = 0; i < n; i++) {
                        g += gradient[i] * (j == 5 ? 1 : x[i * 5 + j]);
                    }
                    m[j] += .1 * (g - m[j]);
                    v[j] += .001 * (g * g - v[j]);
                    w[j] -= .05 * m[j] / (1 - Math.pow(.9, step)) / (Math.sqrt(v[j] / (1 - Math.pow(.999, step))) + 1e-8);
                }
            }
            double hits = 0;
            double said = 0;
            double there = 0;
            for (int i = n; i < 2 * n; i++) {
                boolean positive = score(w, x, i) > 0;
                hits += positive && y[i] == 1 ? 1 : 0;
                said += positive ? 1 : 0;
                there += y[i];
            }
            total += 2 * hits / Math.max(1, said + there);
        }
        return total / 5;
    }

    private static double score(double[] w, double[] x, int row) {
        double sum = w[5];
        for (int j = 0; j < 5; j++) {
            sum += w[j] * x[row * 5 + j];
        }
        return sum;
    }
}
