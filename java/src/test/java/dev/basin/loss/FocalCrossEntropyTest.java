package dev.basin.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.basin.Basin;
import dev.basin.TestBackends;
import dev.basin.Tensor;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FocalCrossEntropyTest {
    @Test
    void theWorkedExample() {
        Tensor gradient = Tensor.of(new double[6], 2, 3);
        Tensor losses = Tensor.of(new double[2], 2);
        try (Basin reference = TestBackends.reference()) {
            new FocalCrossEntropy().classWeights(Tensor.of(new double[] {.25, .75, 1}, 3)).reduction(Reduction.SUM)
                    .forwardBackward(reference, Tensor.of(new double[] {1, 0, -1, 2, 0, .5}, 2, 3),
                            Tensor.of(new int[] {1, 0}), gradient, RowBuffers.NONE.losses(losses));
        }
        double[] expected = {.544228064, -.617881323, .073653259, -.012444778, .00469841, .007746368};
        for (int i = 0; i < 6; i++) {
            assertEquals(expected[i], gradient.get(i), 1e-9);
        }
        assertEquals(.602210868, losses.get(0), 1e-9);
        assertEquals(.005332899, losses.get(1), 1e-9);
    }

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void gammaZeroIsCrossEntropyToTheBit(String backend) {
        Random random = new Random(2);
        float[] logits = new float[12 * 333];
        int[] targets = new int[12];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) (4 * random.nextGaussian());
        }
        for (int i = 0; i < targets.length; i++) {
            targets[i] = random.nextInt(333);
        }
        float[] focal = new float[logits.length];
        float[] plain = new float[logits.length];
        try (Basin basin = TestBackends.open(backend)) {
            double expected = new CrossEntropy().forwardBackward(basin, logits, targets, plain);
            assertEquals(expected, new FocalCrossEntropy().gamma(0).forwardBackward(basin, logits, targets, focal));
        }
        assertArrayEquals(plain, focal);
    }

    /** Where the target is all but certain, 1 - p is far below the rounding of p. */
    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void aSureRowKeepsTheDigitsOfItsSmallGradient(String backend) {
        float[] logits = {20, 0};
        try (Basin basin = TestBackends.open(backend)) {
            new FocalCrossEntropy().gamma(1).forwardBackward(basin, logits, new int[] {0}, logits);
        }
        double q = 1 / (1 + Math.exp(20));
        double coefficient = q + (1 - q) * -Math.log1p(-q);
        assertEquals(-coefficient * q, logits[0], 1e-6 * coefficient * q);
        assertEquals(coefficient * q, logits[1], 1e-6 * coefficient * q);
    }
}
