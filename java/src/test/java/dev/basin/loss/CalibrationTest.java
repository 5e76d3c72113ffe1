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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The worked examples and the claims of the catalogue's page on calibration. */
class CalibrationTest {
    private static final double EXACT = 1e-9;

    private final Basin reference = TestBackends.reference();

    @AfterEach
    void close() {
        reference.close();
    }

    private static Tensor vector(double... values) {
        return Tensor.of(values, values.length);
    }

    @Test
    void theWorkedExample() {
        double[] gradT = new double[2];
        double[] gradZ = new double[6];
        double[] confidence = new double[2];
        double[] correct = new double[2];
        double loss = new Calibration().correctnessAware(
                reference, Tensor.of(new double[] {2, 1, 0, .5, 1, -1}, 2, 3), Tensor.of(new int[2]), vector(1, 2), vector(gradT),
                Tensor.of(gradZ, 2, 3), vector(confidence), vector(correct));
        assertEquals(.164533197, loss, EXACT);
        assertArrayEquals(new double[] {.665240956, .465835567}, confidence, EXACT);
        assertArrayEquals(new double[] {1, 0}, correct);
        assertArrayEquals(new double[] {.094598705, -.028434916}, gradT, EXACT);
        assertArrayEquals(
                new double[] {-.074549308, .054499911, .020049397, -.039363555, .057957582, -.018594027}, gradZ, EXACT);
    }

    @Test
    void theBalancedWorkedExample() {
        double loss = new Calibration().balanced(true).correctnessAware(
                reference, Tensor.of(new double[] {2, 1, 0, .5, 1, -1, 3, 0, 0}, 3, 3), Tensor.of(new int[3]), vector(1, 2, 1),
                vector(new double[3]), null, vector(new double[3]), vector(new double[3]));
        assertEquals(.138567435, loss, EXACT);
    }

    @Test
    void errorsOfTheWorkedExample() {
        Calibration.Error error = Calibration.Error.of(vector(.3, .45, .5, .81, .99), vector(0, 1, 0, 1, 1), 5);
        assertArrayEquals(new long[] {0, 1, 2, 0, 2}, error.counts());
        assertEquals(.11, error.expected(), EXACT);
        assertEquals(.3, error.largest(), EXACT);
        assertEquals(.13574, error.brier(), EXACT);
        assertEquals(.06, error.kolmogorovSmirnov(), EXACT);
    }

    /** Cross-entropy sharpens a narrowly wrong answer, the correctness-aware loss does not. */
    @Test
    void wrongAnswersAreMadeLessSure() {
        Tensor logits = Tensor.of(new double[] {Math.log(.4), Math.log(.45), Math.log(.15)}, 1, 3);
        double[] byCrossEntropy = new double[1];
        double[] aware = new double[1];
        new Calibration().crossEntropy(reference, logits, Tensor.of(new int[1]), vector(1), vector(byCrossEntropy));
        new Calibration().correctnessAware(reference, logits, Tensor.of(new int[1]), vector(1), vector(aware), null, vector(0), vector(0));
        assertEquals(.094122, byCrossEntropy[0], 1e-6);
        assertEquals(-.085822, aware[0], 1e-6);
    }

    @Test
    void beyondTheBoundsNothingPulls() {
        double[] gradT = new double[3];
        new Calibration().crossEntropy(reference, Tensor.of(new double[] {1, 2, 1, 2, 1, 2}, 3, 2), Tensor.of(new int[3]),
                vector(.05, 10, 11), vector(gradT));
        assertEquals(0, gradT[0]);
        assertTrue(gradT[1] != 0, "at a bound");
        assertEquals(0, gradT[2]);
        assertThrows(IllegalArgumentException.class, () -> new Calibration().bounds(2, 1));
        assertThrows(IllegalArgumentException.class, () -> Calibration.Error.of(vector(1.5), vector(1), 5));
    }

    /** Classes 2 and 0 come first, the lower of the two equal ones; views are asked for them in that order. */
    @Test
    void featuresAreProbabilitiesInViewsOfTheFirstClasses() {
        double[] features = new double[4];
        int[] indices = new int[2];
        Tensor logits = Tensor.of(new double[] {1, Double.NaN, 3, 1}, 1, 4);
        double third = Math.log(3);
        new TopFeatures(2).of(reference, logits, Tensor.of(new double[] {third, 0, 0, 0, 0, third, 0, third}, 2, 1, 4), vector(features),
                Tensor.of(MemorySegment.ofArray(indices), DataType.I32, 1, 2));
        assertArrayEquals(new int[] {2, 0}, indices);
        assertArrayEquals(new double[] {1 / 6., 3 / 6., 1 / 8., 1 / 8.}, features, EXACT);
        assertThrows(IllegalArgumentException.class, () -> new TopFeatures(0));
        assertThrows(IllegalArgumentException.class, () -> new TopFeatures(5).of(
                reference, logits, Tensor.of(new double[8], 2, 1, 4), vector(new double[10]), Tensor.of(new int[5])));
    }
}
