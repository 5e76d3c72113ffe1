package dev.basin.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.TestBackends;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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

    /** Sums up to 80 in size, which f32 rounds by 4e-6: gates and candidates have their digits all the same. */
    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void gatesInFloatKeepTheirDigitsFarOut(String backend) {
        int size = 4001;
        Random random = new Random(3);
        float[] x = new float[size];
        float[] h = new float[size];
        float[] before = new float[size];
        for (int i = 0; i < size; i++) {
            float sum = (i - 2000) * .04f;
            h[i] = 60 * (2 * random.nextFloat() - 1);
            x[i] = sum - h[i];
            before[i] = random.nextFloat();
        }
        float[] reset = new float[size];
        float[] update = new float[size];
        float[] candidate = new float[size];
        try (Basin basin = TestBackends.open(backend)) {
            int f32 = DataType.F32.code();
            basin.kernels().output().gruGates(f32, of(x), of(before), of(h), of(h), of(before), of(reset), of(update), of(new float[size]), 0, size);
            float[] small = new float[size];
            for (int i = 0; i < size; i++) {
                small[i] = (float) (Math.signum(i - 2000) * Math.pow(10, -Math.abs(i - 2000) / 200.0));
            }
            basin.kernels().output().gruState(f32, of(small), of(x), of(new float[size]), of(update), of(before), of(candidate), of(new float[size]), 0, size, 1);
            for (int i = 0; i < size; i++) {
                double gate = 1 / (1 + Math.exp(-((double) x[i] + h[i])));
                assertEquals(gate, reset[i], 5e-7 * gate, "sigmoid of " + x[i] + " + " + h[i]);
                assertEquals(Math.tanh(small[i]), candidate[i], 4e-7 * Math.abs(small[i]), "tanh " + small[i]);
            }
        }
    }

    private static MemorySegment of(float[] values) {
        return MemorySegment.ofArray(values);
    }

    @Test
    void weightsThatDoNotFitAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> Gru.of(
                reference, matrix(2, 1, 1, 2), matrix(3, 1, 1, 2, 3), vector(1, 2, 3), vector(1, 2, 3), true));
    }
}
