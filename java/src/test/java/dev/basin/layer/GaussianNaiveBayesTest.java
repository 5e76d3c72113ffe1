package dev.basin.layer;

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

/** The worked example and the claims of the catalogue's page on naive Bayes. */
class GaussianNaiveBayesTest {
    private static final double EXACT = 1e-9;

    private final Basin reference = TestBackends.reference();

    @AfterEach
    void close() {
        reference.close();
    }

    private static final double[] X = {1, 2, 3, 2, 0, -1, 2, -3, 1, -2};
    private static final int[] Y = {0, 0, 1, 1, 1};

    @Test
    void theWorkedExample() {
        GaussianNaiveBayes bayes = new GaussianNaiveBayes(reference, 2, 2);
        bayes.update(Tensor.of(X, 5, 2), Tensor.of(Y));
        double[][] statistics = statistics(bayes, 2, 2);
        assertArrayEquals(new double[] {2, 3}, statistics[0]);
        assertArrayEquals(new double[] {2, 2, 1, -2}, statistics[1], 1e-12);
        assertArrayEquals(new double[] {2, 0, 2, 2}, statistics[2], 1e-12);
        GaussianNaiveBayes.Classifier classifier = bayes.finish(0);
        assertArrayEquals(new double[] {.8, .4}, classifier.variances(), 1e-12);
        assertArrayEquals(new double[] {2.5, 5, 1.25, -5}, classifier.weights(), 1e-12);
        assertArrayEquals(new double[] {-8.416290732, -6.135825624}, classifier.biases(), EXACT);
        double[] scores = new double[4];
        assertArrayEquals(new int[] {1, 0}, classifier.predict(Tensor.of(new double[] {1, 0, 2, 1}, 2, 2), Tensor.of(scores, 2, 2)));
        assertArrayEquals(new double[] {-5.916290732, -4.885825624, 1.583709268, -8.635825624}, scores, EXACT);
    }

    private static double[][] statistics(GaussianNaiveBayes bayes, int classes, int width) {
        double[][] out = {new double[classes], new double[classes * width], new double[classes * width]};
        bayes.statistics(Tensor.of(out[0], classes), Tensor.of(out[1], classes, width), Tensor.of(out[2], classes, width));
        return out;
    }

    @Test
    void theLogisticBaselineOfTheWorkedExample() {
        double[] gradW = new double[4];
        double[] gradB = new double[2];
        double loss = new LogisticRegression(.5).forwardBackward(reference, Tensor.of(java.util.Arrays.copyOf(X, 4), 2, 2),
                Tensor.of(new int[] {0, 1}), Tensor.of(new double[] {.1, .2, -.3, .4}, 2, 2), Tensor.of(new double[] {0, .1}, 2),
                Tensor.of(gradW, 2, 2), Tensor.of(gradB, 2));
        assertEquals(.998791354, loss, EXACT);
        assertArrayEquals(new double[] {.789792065, .243208585, -.889792065, .056791415}, gradW, EXACT);
        assertArrayEquals(new double[] {.071604292, -.071604292}, gradB, EXACT);
    }

    @Test
    void anySplitGivesTheSameEvenFarFromZero() {
        Random random = new Random(1);
        int rows = 300;
        double[] x = new double[rows * 3];
        int[] y = new int[rows];
        for (int i = 0; i < rows; i++) {
            y[i] = random.nextInt(4);
            for (int j = 0; j < 3; j++) {
                x[i * 3 + j] = 1e6 + random.nextGaussian();
            }
        }
        GaussianNaiveBayes whole = new GaussianNaiveBayes(reference, 4, 3);
        whole.update(Tensor.of(x, rows, 3), Tensor.of(y));
        GaussianNaiveBayes merged = new GaussianNaiveBayes(reference, 4, 3);
        for (int begin = 0; begin < rows; begin += 100) {
            GaussianNaiveBayes part = new GaussianNaiveBayes(reference, 4, 3);
            part.update(Tensor.of(java.util.Arrays.copyOfRange(x, begin * 3, (begin + 100) * 3), 100, 3),
                    Tensor.of(java.util.Arrays.copyOfRange(y, begin, begin + 100)));
            merged.merge(part);
        }
        double[][] expected = statistics(whole, 4, 3);
        double[][] found = statistics(merged, 4, 3);
        assertArrayEquals(expected[0], found[0]);
        assertArrayEquals(expected[1], found[1], 1e-6);
        for (int i = 0; i < 12; i++) {
            assertEquals(1, found[2][i] / expected[2][i], 1e-8);
        }
    }

    /** The paper's simulation: few rows are enough for naive Bayes, where logistic regression needs many. */
    @Test
    void fewRowsAreEnough() {
        for (int width : new int[] {100, 400}) {
            for (int classes : new int[] {2, 5}) {
                double bayes = 0;
                double logistic = 0;
                for (int seed = 1; seed <= 3; seed++) {
                    double[] errors = errors(width, classes, 4 * classes, seed);
                    bayes += errors[0] / 3;
                    logistic += errors[1] / 3;
                }
                assertTrue(bayes < .02, "naive Bayes, " + width + " features, " + classes + " classes: " + bayes);
                assertTrue(logistic > .3, "logistic regression, " + width + " features, " + classes + " classes: " + logistic);
            }
        }
    }

    private double[] errors(int width, int classes, int rows, int seed) {
        double[] centres = {-1, 1, 2, 4, 8};
        Random random = new Random(seed);
        int tests = 400;
        double[] x = new double[(rows + tests) * width];
        int[] y = new int[rows + tests];
        for (int i = 0; i < y.length; i++) {
            y[i] = i < rows ? i % classes : random.nextInt(classes);
            for (int j = 0; j < width; j++) {
                x[i * width + j] = centres[y[i]] + random.nextGaussian() * (j % 2 == 0 ? Math.sqrt(width) : 1);
            }
        }
        Tensor train = Tensor.of(java.util.Arrays.copyOf(x, rows * width), rows, width);
        Tensor test = Tensor.of(java.util.Arrays.copyOfRange(x, rows * width, x.length), tests, width);
        Tensor labels = Tensor.of(java.util.Arrays.copyOf(y, rows));
        GaussianNaiveBayes bayes = new GaussianNaiveBayes(reference, classes, width);
        bayes.update(train, labels);
        int[] predicted = bayes.finish(1e-9).predict(test, Tensor.of(new double[tests * classes], tests, classes));
        double[] w = new double[classes * width];
        double[] b = new double[classes];
        double[] gradW = new double[w.length];
        double[] gradB = new double[classes];
        LogisticRegression regression = new LogisticRegression(1.0 / rows);
        for (int step = 0; step < 200; step++) {
            regression.forwardBackward(reference, train, labels, Tensor.of(w, classes, width), Tensor.of(b, classes),
                    Tensor.of(gradW, classes, width), Tensor.of(gradB, classes));
            for (int i = 0; i < w.length; i++) {
                w[i] -= 2.0 / width * gradW[i];
            }
            for (int k = 0; k < classes; k++) {
                b[k] -= 2.0 / width * gradB[k];
            }
        }
        int[] wrong = new int[2];
        for (int i = 0; i < tests; i++) {
            int best = 0;
            double largest = Double.NEGATIVE_INFINITY;
            for (int k = 0; k < classes; k++) {
                double score = b[k];
                for (int j = 0; j < width; j++) {
                    score += w[k * width + j] * x[(rows + i) * width + j];
                }
                best = score > largest ? k : best;
                largest = Math.max(largest, score);
            }
            wrong[0] += predicted[i] == y[rows + i] ? 0 : 1;
            wrong[1] += best == y[rows + i] ? 0 : 1;
        }
        return new double[] {wrong[0] / (double) tests, wrong[1] / (double) tests};
    }

    @Test
    void whatCannotBeTakenIntoAccountIsRefusedFirst() {
        GaussianNaiveBayes bayes = new GaussianNaiveBayes(reference, 2, 2);
        assertThrows(IllegalArgumentException.class, () -> bayes.finish(1e-9));
        assertThrows(IllegalArgumentException.class, () -> bayes.update(Tensor.of(X, 5, 2), Tensor.of(new int[] {0, 0, 0, 0, 2})));
        assertThrows(IllegalArgumentException.class,
                () -> bayes.update(Tensor.of(new double[] {1, Double.NaN}, 1, 2), Tensor.of(new int[1])));
        assertArrayEquals(new double[2], statistics(bayes, 2, 2)[0]);
        bayes.update(Tensor.of(new double[] {1, 2, 1, 3}, 2, 2), Tensor.of(new int[] {0, 1}));
        assertThrows(IllegalArgumentException.class, () -> bayes.finish(0), "feature 0 is constant");
    }
}
