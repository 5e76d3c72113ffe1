package dev.basin.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.TestBackends;
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

    @Test
    void aClassWithoutAWordIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Verbalizer(new int[] {0, 1}, new int[] {0, 0}, 2));
        assertThrows(IllegalArgumentException.class, () -> new Verbalizer(new int[] {0, 1}, new int[] {0, 2}, 2));
        assertThrows(IllegalArgumentException.class, () -> new Verbalizer(new int[] {0}, new int[] {0}, 1));
    }
}
