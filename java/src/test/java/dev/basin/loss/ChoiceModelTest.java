package dev.basin.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;


import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.TestBackends;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The worked example and the claims of the catalogue's page on utilities and probabilities, in our reading of the paper. */
class ChoiceModelTest {
    private static final double EXACT = 1e-9;
    private static final double[] U = {1, 0, -1, .5, 2, 0};

    private final Basin reference = TestBackends.reference();

    @AfterEach
    void close() {
        reference.close();
    }

    @Test
    void theWorkedExample() {
        double[] p = new double[6];
        ChoiceModel.probabilities(reference, Tensor.of(U, 2, 3), null, Tensor.of(p, 2, 3), 2);
        assertArrayEquals(new double[] {.866813332, .117310428, .015876240, .046612623, .936239552, .017147826}, p, EXACT);
        double[] gradient = new double[6];
        double byBeta = ChoiceModel.backward(reference, Tensor.of(U, 2, 3), Tensor.of(p, 2, 3),
                Tensor.of(new double[] {1, 0, 0, 0, 1, 0}, 2, 3), Tensor.of(gradient, 2, 3), 2);
        assertArrayEquals(
                new double[] {.230895959, -.203372486, -.027523473, -.087281162, .119390107, -.032108945}, gradient, EXACT);
        assertEquals(.226779532, byBeta, EXACT);
        ChoiceModel.Likelihood of =
                ChoiceModel.negativeLogLikelihood(reference, Tensor.of(U, 2, 3), Tensor.of(new int[2]), 2, null);
        assertEquals(1.604407766, of.loss(), EXACT);
        assertEquals(.623361254, of.first(), EXACT);
        assertEquals(.160602330, of.second(), EXACT);
        double beta = ChoiceModel.fit(reference, Tensor.of(U, 2, 3), Tensor.of(new int[2]), 1e-3, 1e3);
        assertEquals(.473987004, beta, EXACT);
        assertEquals(1.019854494,
                ChoiceModel.negativeLogLikelihood(reference, Tensor.of(U, 2, 3), Tensor.of(new int[2]), beta, null).loss(), EXACT);
    }

    @Test
    void sequencesAndDecisionsOfTheWorkedExample() {
        double[] utilities = new double[2];
        ChoiceModel.sequenceUtility(reference, Tensor.of(new double[] {-1, -.5, -2, -.2, -.3, 9}, 2, 3), Tensor.of(new int[] {3, 2}),
                Tensor.of(utilities, 2), 1);
        assertArrayEquals(new double[] {-1.166666667, -.25}, utilities, EXACT);
        double[] values = new double[3];
        int[] choice = new int[1];
        ChoiceModel.decide(reference, Tensor.of(new double[] {.5, .3, .2}, 1, 3),
                Tensor.of(new double[] {1, 0, 0, .6, 1, .6, 0, .5, 1}, 1, 3, 3), Tensor.of(values, 1, 3), Tensor.of(choice));
        assertArrayEquals(new double[] {.5, .72, .35}, values, EXACT);
        assertEquals(1, choice[0]);
    }

    @Test
    void theSampledStepIsTheGradientOnAverage() {
        double[] p = new double[3];
        ChoiceModel.probabilities(reference, Tensor.of(new double[] {1, 0, -1}, 1, 3), null, Tensor.of(p, 1, 3), 1);
        double[] mean = new double[3];
        for (int drawn = 0; drawn < 3; drawn++) {
            double[] step = new double[3];
            ChoiceModel.sampledGradient(Tensor.of(new int[] {1}), Tensor.of(new int[] {drawn}), Tensor.of(step, 1, 3));
            for (int k = 0; k < 3; k++) {
                mean[k] += p[drawn] * step[k];
            }
        }
        assertArrayEquals(new double[] {p[0], p[1] - 1, p[2]}, mean, 1e-15);
    }

    /** Choices of softmax(u), utilities handed over in another unit: the fit undoes the unit, whatever it is. */
    @Test
    void anotherUnitOfUtilityIsUndone() {
        Random random = new Random(1);
        int rows = 5000;
        double[] u = new double[rows * 10];
        int[] choices = new int[rows];
        for (int i = 0; i < u.length; i++) {
            u[i] = random.nextGaussian();
        }
        double[] p = new double[u.length];
        ChoiceModel.probabilities(reference, Tensor.of(u, rows, 10), null, Tensor.of(p, rows, 10), 1);
        for (int row = 0; row < rows; row++) {
            double left = random.nextDouble();
            while (choices[row] < 9 && left > p[row * 10 + choices[row]]) {
                left -= p[row * 10 + choices[row]++];
            }
        }
        double plain = ChoiceModel.fit(reference, Tensor.of(u, rows, 10), Tensor.of(choices), 1e-3, 1e3);
        assertEquals(1, plain, .05);
        for (double unit : new double[] {.25, 3}) {
            double[] scaled = java.util.Arrays.stream(u).map(x -> unit * x).toArray();
            assertEquals(plain, unit * ChoiceModel.fit(reference, Tensor.of(scaled, rows, 10), Tensor.of(choices), 1e-3, 1e3), 1e-6);
        }
    }

    @Test
    void choicesThatSayNothingOrEverything() {
        assertEquals(1, ChoiceModel.fit(reference, Tensor.of(new double[6], 2, 3), Tensor.of(new int[2]), 1e-3, 1e3));
        assertEquals(1e3, ChoiceModel.fit(reference, Tensor.of(U, 2, 3), Tensor.of(new int[] {0, 1}), 1e-3, 1e3));
        assertEquals(1e-3, ChoiceModel.fit(reference, Tensor.of(U, 2, 3), Tensor.of(new int[] {2, 2}), 1e-3, 1e3));
    }

    @Test
    void maskedOptionsHaveNoProbabilityAndNeedNotBeNumbers() {
        double[] p = new double[3];
        Tensor mask = Tensor.of(java.lang.foreign.MemorySegment.ofArray(new int[] {1, 0, 1}), dev.basin.DataType.I32, 1, 3);
        ChoiceModel.probabilities(reference, Tensor.of(new double[] {1, Double.NaN, 1}, 1, 3), mask, Tensor.of(p, 1, 3), 2);
        assertArrayEquals(new double[] {.5, 0, .5}, p, 1e-15);
        Tensor nothing = Tensor.of(java.lang.foreign.MemorySegment.ofArray(new int[3]), dev.basin.DataType.I32, 1, 3);
        assertThrows(IllegalArgumentException.class,
                () -> ChoiceModel.probabilities(reference, Tensor.of(U, 1, 6), nothing, Tensor.of(new double[6], 1, 6), 1));
    }
}
