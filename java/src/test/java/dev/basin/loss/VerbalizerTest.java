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

/** The worked example and the claims of the catalogue's page on the verbalizer head. */
class VerbalizerTest {
    private static final double EXACT = 1e-9;

    private final Basin reference = TestBackends.reference();

    @AfterEach
    void close() {
        reference.close();
    }

    private static final double[] LOGITS = {2, 0, 1, -1, .5, 1, 1, 0, 0, 2};
    private static final Verbalizer TWO = new Verbalizer(new int[] {0, 4, 2}, new int[] {0, 0, 1}, 2);

    private double[] run(Verbalizer verbalizer, double[] logits, double expectedLoss, double... expectedClasses) {
        double[] words = new double[6];
        double[] classes = new double[2];
        double loss = verbalizer.forwardBackward(reference, Tensor.of(logits, 1, 2, 5), Tensor.of(new int[] {1}), null,
                Tensor.of(classes, 1, 2), Tensor.of(words, 1, 2, 3));
        assertEquals(expectedLoss, loss, EXACT);
        assertArrayEquals(expectedClasses, classes, EXACT);
        return words;
    }

    @Test
    void theWorkedExample() {
        assertArrayEquals(
                new double[] {.408787238, 0, -.408787238, 0, .408787238, -.408787238}, run(TWO, LOGITS, 1.701413278, 2, .5), EXACT);
        assertArrayEquals(
                new double[] {.176446257, .176446257, -.352892514, .176446257, .176446257, -.352892514},
                run(TWO.words(Verbalizer.Pooling.MEAN), LOGITS, 1.223444581, 1.375, .5), EXACT);
    }

    @Test
    void noOtherTokenMatters() {
        double[] noisy = LOGITS.clone();
        noisy[1] = 100;
        noisy[3] = Double.NaN;
        noisy[6] = -100;
        noisy[8] = Double.POSITIVE_INFINITY;
        assertArrayEquals(run(TWO, LOGITS, 1.701413278, 2, .5), run(TWO, noisy, 1.701413278, 2, .5));
    }

    @Test
    void theGradientOfTheVocabularyIsThatOfTheWords() {
        double[] words = run(TWO, LOGITS, 1.701413278, 2, .5);
        double[] dense = new double[10];
        TWO.scatter(Tensor.of(words, 1, 2, 3), Tensor.of(dense, 1, 2, 5));
        assertArrayEquals(new double[] {words[0], 0, words[2], 0, words[1], words[3], 0, words[5], 0, words[4]}, dense);
    }

    @Test
    void oneWordAClassIsTheRestrictedSoftmax() {
        Verbalizer single = new Verbalizer(new int[] {3, 1}, new int[] {0, 1}, 2);
        double loss = single.forwardBackward(reference, Tensor.of(LOGITS, 2, 1, 5), Tensor.of(new int[] {0, 1}), null, Tensor.of(new double[4], 2, 2), null);
        double expected = Math.log1p(Math.exp(1)) + Math.log1p(Math.exp(-1));
        assertEquals(expected, loss, 1e-12);
    }

    /** The rows that are read are those at the positions, and the gradient lands there. */
    @Test
    void onlyThePositionsOfSequencesAreRead() {
        double[] sequences = new double[2 * 3 * 5];
        java.util.Arrays.fill(sequences, Double.NaN);
        int[] positions = {2, 0};
        for (int i = 0; i < 2; i++) {
            System.arraycopy(LOGITS, i * 5, sequences, (i * 3 + positions[i]) * 5, 5);
        }
        double[] classes = new double[2];
        double[] words = new double[6];
        Tensor logits = Tensor.of(sequences, 2, 3, 5);
        double loss = TWO.forwardBackwardAt(reference, logits, Tensor.of(positions), Tensor.of(new int[] {1}), null,
                Tensor.of(classes, 1, 2), Tensor.of(words, 1, 2, 3));
        assertEquals(1.701413278, loss, EXACT);
        double[] dense = new double[30];
        TWO.scatterAt(Tensor.of(words, 1, 2, 3), Tensor.of(positions), Tensor.of(dense, 2, 3, 5));
        double[] expected = new double[30];
        expected[2 * 5] = words[0];
        expected[2 * 5 + 2] = words[2];
        expected[3 * 5 + 4] = words[4];
        expected[3 * 5 + 2] = words[5];
        assertArrayEquals(expected, dense);
        Tensor each = Tensor.of(new int[] {1, 0});
        double[] losses = new double[2];
        double[] expectedLosses = new double[2];
        TWO.forwardBackward(reference, Tensor.of(LOGITS, 2, 1, 5), each, Tensor.of(expectedLosses, 2), Tensor.of(new double[4], 2, 2), null);
        TWO.forwardBackwardAt(reference, logits, Tensor.of(positions), each, Tensor.of(losses, 2), Tensor.of(new double[4], 2, 2), null);
        assertArrayEquals(expectedLosses, losses);
        assertThrows(IllegalArgumentException.class, () -> TWO.forwardBackwardAt(reference, logits, Tensor.of(new int[] {3, 0}),
                Tensor.of(new int[] {1}), null, Tensor.of(classes, 1, 2), null));
        assertThrows(IllegalArgumentException.class, () -> TWO.scatter(Tensor.of(new double[6], 1, 2, 3), Tensor.of(new double[8], 1, 2, 4)));
    }

    /** A projection by unit vectors hands the logits through. */
    @Test
    void theHeadOnHiddenValuesIsTheProjectionAndTheVerbalizer() {
        double[] unit = new double[25];
        for (int i = 0; i < 5; i++) {
            unit[i * 6] = 1;
        }
        unit[1 * 5 + 2] = Double.NaN; // of a token that is no label word
        double[] bias = {.5, Double.NaN, 1, 0, -.5};
        double[] classes = new double[2];
        VerbalizerHead.Gradients gradients = new VerbalizerHead.Gradients(
                Tensor.of(new double[10], 1, 2, 5), Tensor.of(new double[15], 3, 5), Tensor.of(new double[3], 3));
        VerbalizerHead head = new VerbalizerHead(TWO);
        double loss = head.forwardBackward(reference, Tensor.of(LOGITS, 1, 2, 5), Tensor.of(unit, 5, 5), Tensor.of(bias, 5),
                Tensor.of(new int[] {1}), null, Tensor.of(classes, 1, 2), gradients);
        // Words at the first template 2.5, 0, 2 and at the second 1.5, 1.5, 1: the largest, then the mean.
        assertArrayEquals(new double[] {2, 1.5}, classes, EXACT);
        assertEquals(Math.log1p(Math.exp(.5)), loss, EXACT);
        double pull = .5 / (1 + Math.exp(-.5));
        double[] hidden = {pull, 0, -pull, 0, 0, pull, 0, -pull, 0, 0};
        for (int i = 0; i < hidden.length; i++) {
            assertEquals(hidden[i], gradients.hidden().get(i), EXACT);
        }
        double[] dense = new double[25];
        double[] biases = new double[5];
        head.scatter(gradients, Tensor.of(dense, 5, 5), Tensor.of(biases, 5));
        assertArrayEquals(new double[] {2 * pull, 0, -2 * pull, 0, 0}, biases, EXACT);
        for (int j = 0; j < 5; j++) {
            double both = pull * (LOGITS[j] + LOGITS[5 + j]);
            assertEquals(both, dense[j], EXACT);
            assertEquals(-both, dense[10 + j], EXACT);
            assertEquals(0, dense[5 + j] + dense[15 + j] + dense[20 + j]);
        }
    }

    /** Eight examples and twenty steps: word vectors near the classes' means have learnt what a random head has not. */
    @Test
    void wordVectorsKnowTheClassesBeforeAnyTraining() {
        double pretrained = 0;
        double drawn = 0;
        for (int seed = 1; seed <= 5; seed++) {
            pretrained += trainedAccuracy(true, new Random(seed)) / 5;
            drawn += trainedAccuracy(false, new Random(seed)) / 5;
        }
        assertTrue(pretrained > drawn + .2, pretrained + " and " + drawn);
    }

    private double trainedAccuracy(boolean fromMeans, Random random) {
        int width = 32;
        double[] means = normal(random, 2 * width, 1);
        double[] embeddings = normal(random, 8 * width, fromMeans ? .2 : 1);
        for (int i = 0; i < embeddings.length; i++) {
            embeddings[i] += fromMeans ? means[(i / width % 2) * width + i % width] : 0;
        }
        VerbalizerHead head = new VerbalizerHead(new Verbalizer(new int[] {0, 1, 2, 3, 4, 5, 6, 7}, new int[] {0, 1, 0, 1, 0, 1, 0, 1}, 2));
        Tensor weights = Tensor.of(embeddings, 8, width);
        int[] labels = {0, 1, 0, 1, 0, 1, 0, 1};
        Tensor few = examples(random, means, labels, width);
        VerbalizerHead.Gradients gradients = new VerbalizerHead.Gradients(
                Tensor.of(new double[8 * width], 8, 1, width), Tensor.of(new double[8 * width], 8, width), null);
        for (int step = 0; step < 20; step++) {
            head.forwardBackward(
                    reference, few, weights, null, Tensor.of(labels), null, Tensor.of(new double[16], 8, 2), gradients);
            for (int i = 0; i < embeddings.length; i++) {
                embeddings[i] -= .05 * gradients.rows().get(i) / 8;
            }
        }
        int[] tested = new int[400];
        for (int i = 0; i < tested.length; i++) {
            tested[i] = i % 2;
        }
        double[] classes = new double[800];
        head.forwardBackward(
                reference, examples(random, means, tested, width), weights, null, Tensor.of(tested), null, Tensor.of(classes, 400, 2), null);
        double right = 0;
        for (int i = 0; i < tested.length; i++) {
            right += classes[2 * i + tested[i]] > classes[2 * i + 1 - tested[i]] ? 1 : 0;
        }
        return right / tested.length;
    }

    private static Tensor examples(Random random, double[] means, int[] labels, int width) {
        double[] hidden = normal(random, labels.length * width, 3);
        for (int i = 0; i < hidden.length; i++) {
            hidden[i] += means[labels[i / width] * width + i % width];
        }
        return Tensor.of(hidden, labels.length, 1, width);
    }

    private static double[] normal(Random random, int size, double deviation) {
        double[] values = new double[size];
        for (int i = 0; i < size; i++) {
            values[i] = deviation * random.nextGaussian();
        }
        return values;
    }

    @Test
    void aClassWithoutAWordIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Verbalizer(new int[] {0, 1}, new int[] {0, 0}, 2));
        assertThrows(IllegalArgumentException.class, () -> new Verbalizer(new int[] {0, 1}, new int[] {0, 2}, 2));
        assertThrows(IllegalArgumentException.class, () -> new Verbalizer(new int[] {0}, new int[] {0}, 1));
    }
}
