package dev.basin.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.TestBackends;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The worked example of the catalogue's page on GRU-SVM, both variants, and what it says of saturated gates. */
class GruTest {
    private static final double EXACT = 1e-9;

    private final Basin reference = TestBackends.reference();

    @AfterEach
    void close() {
        reference.close();
    }

    private static Tensor matrix(int rows, int columns, double... values) {
        return Tensor.of(values, rows, columns);
    }

    private static Tensor vector(double... values) {
        return Tensor.of(values, values.length);
    }

    private void check(boolean resetAfter, double candidateOfBh) {
        Gru gru = Gru.of(reference, matrix(3, 1, .2, -.3, .8), matrix(3, 1, .4, .1, -.6), vector(1, 1, 0), vector(0, 0, 0), resetAfter);
        Gru.Step step = gru.forward(matrix(1, 1, 1), matrix(1, 1, .5));
        double[] state = new double[1];
        step.state(Tensor.of(state, 1, 1));
        assertEquals(.502403325, state[0], EXACT);
        double[] gradX = new double[1];
        double[] gradH = new double[1];
        double[] wx = new double[3];
        double[] wh = new double[3];
        double[] b = new double[3];
        double[] bh = new double[3];
        Gru.Gradients gradients = gru.new Gradients();
        gru.backward(step, matrix(1, 1, 1), Tensor.of(gradX, 1, 1), Tensor.of(gradH, 1, 1), gradients);
        gradients.writeTo(Tensor.of(wx, 3, 1), Tensor.of(wh, 3, 1), Tensor.of(b, 3), Tensor.of(bh, 3));
        assertEquals(.188777530, gradX[0], EXACT);
        assertEquals(.559834178, gradH[0], EXACT);
        assertArrayEquals(new double[] {-.011339368, -.001632287, .238194647}, wx, EXACT);
        assertArrayEquals(new double[] {-.005669684, -.000816144, .095537954}, wh, EXACT);
        assertArrayEquals(wx, b, EXACT);
        assertArrayEquals(new double[] {b[0], b[1], candidateOfBh}, bh, EXACT);
    }

    @Test
    void theWorkedExampleWithTheResetBeforeTheProduct() {
        check(false, .238194647);
    }

    @Test
    void theWorkedExampleWithTheResetAfterTheProduct() {
        check(true, .191075908);
    }

    @Test
    void saturatedGatesPullNowhere() {
        Gru gru = Gru.of(reference, matrix(3, 1, 80, 80, 80), matrix(3, 1, 0, 0, 0), vector(0, 0, 0), vector(0, 0, 0), true);
        Gru.Step step = gru.forward(matrix(1, 1, -1), matrix(1, 1, .5));
        double[] state = new double[1];
        step.state(Tensor.of(state, 1, 1));
        assertEquals(-1, state[0], 1e-12);
        double[] gradX = new double[1];
        double[] gradH = new double[1];
        gru.backward(step, matrix(1, 1, 1), Tensor.of(gradX, 1, 1), Tensor.of(gradH, 1, 1), gru.new Gradients());
        assertEquals(0, gradX[0], 1e-12);
        assertEquals(0, gradH[0], 1e-12);
    }

    @Test
    void weightsThatDoNotFitAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> Gru.of(
                reference, matrix(2, 1, 1, 2), matrix(3, 1, 1, 2, 3), vector(1, 2, 3), vector(1, 2, 3), true));
    }
}
