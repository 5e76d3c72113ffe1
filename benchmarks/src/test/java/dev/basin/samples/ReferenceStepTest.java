package dev.basin.samples;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.loss.CrossEntropy;
import dev.basin.optim.AdamW;
import dev.basin.optim.Gradients;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The numbers that samples are held to. */
class ReferenceStepTest {
    private final ReferenceStep reference = new ReferenceStep(3);
    private final float[] logits = reference.logits();
    private final float[] gradient = new float[logits.length];
    private double loss;

    @BeforeEach
    void step() {
        Tensor weights = Tensor.of(logits, ReferenceStep.ROWS, ReferenceStep.CLASSES);
        Tensor gradients = Tensor.of(gradient, ReferenceStep.ROWS, ReferenceStep.CLASSES);
        try (Basin basin = Basin.open(Basin.Options.defaults().backend("java"))) {
            loss = new CrossEntropy().meanDivisor(ReferenceStep.ROWS)
                    .forwardBackward(basin, weights, Tensor.of(reference.targets()), gradients);
            AdamW.over(basin, List.of(weights), AdamW.Options.defaults())
                    .step(Gradients.of(List.of(gradients)), ReferenceStep.LEARNING_RATE);
        }
    }

    @Test
    void aStepOfAnotherBackendAgrees() {
        assertTrue(reference.compare(loss, gradient, logits).startsWith("loss " + loss));
    }

    @Test
    void aWrongNumberIsNamed() {
        gradient[17] += 1e-4f;
        IllegalStateException wrong =
                assertThrows(IllegalStateException.class, () -> reference.compare(loss, gradient, logits));
        assertTrue(wrong.getMessage().startsWith("gradient[17] is "), wrong.getMessage());
    }

    @Test
    void aStepThatWasNotTakenIsToldFromOneThatWas() {
        assertThrows(IllegalStateException.class, () -> reference.compare(loss, gradient, reference.logits()));
    }

    @Test
    void aLossThatIsNaNIsTooFarOff() {
        assertThrows(IllegalStateException.class, () -> reference.compare(Double.NaN, gradient, logits));
    }
}
