package dev.basin.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.kernel.KernelArgument;
import dev.basin.kernel.KernelDeclaration;
import dev.basin.kernel.Kernels;
import dev.basin.loss.CrossEntropy;
import dev.basin.loss.Reduction;
import dev.basin.loss.RowBuffers;
import dev.basin.optim.AdamW;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TrafficTest {
    private final Basin basin = Basin.open(Basin.Options.defaults().backend("java").threads(1));

    @AfterEach
    void close() {
        basin.close();
    }

    @Test
    void aGradientOverItsLogitsIsOneTensorReadAndWritten() {
        Tensor logits = Tensor.of(new float[40], 4, 10);
        List<Traffic.Moved> moved = crossEntropy(logits, logits);
        assertEquals(List.of(new Traffic.Moved(
                "crossEntropyForwardBackward", List.of(160L), List.of(16L), List.of(16L), 40 * 24)), moved);
        assertEquals(2 * 160 + 16 + 16, moved.getFirst().bytes());
    }

    @Test
    void aGradientBesideItsLogitsIsAnotherTensor() {
        List<Traffic.Moved> moved = crossEntropy(Tensor.of(new float[40], 4, 10), Tensor.of(new float[40], 4, 10));
        assertEquals(List.of(new Traffic.Moved(
                "crossEntropyForwardBackward", List.of(), List.of(160L, 16L), List.of(16L, 160L), 40 * 24)), moved);
    }

    @Test
    void aStepOverSeveralTensorsIsAsManyCalls() {
        List<Tensor> weights = List.of(Tensor.of(new float[8]), Tensor.of(new float[5]));
        AdamW adamw = AdamW.over(basin, weights, AdamW.Options.defaults());
        List<Traffic.Moved> moved = basin.traffic().of(() -> adamw.step(weights.stream().map(TrafficTest::like).toList(), 1e-3));
        assertEquals(2, moved.size());
        assertEquals(List.of(32L, 32L, 32L), moved.getFirst().updates());
        assertEquals(List.of(32L), moved.getFirst().reads());
        assertEquals(20 * 7, moved.getLast().bytes());
    }

    @Test
    void everyKernelSaysWhatItComputes() {
        for (Class<?> family : Kernels.FAMILIES) {
            for (KernelDeclaration kernel : KernelDeclaration.of(family)) {
                assertTrue(kernel.operations().perElement() >= 0, kernel.name());
                assertInstanceOf(KernelArgument.TensorArgument.class, kernel.argument(kernel.operations().of()));
            }
        }
    }

    @Test
    void nothingIsNotedUnlessAsked() {
        Tensor logits = Tensor.of(new float[40], 4, 10);
        List<Traffic.Moved> moved = crossEntropy(logits, logits);
        new CrossEntropy().forwardBackward(basin, logits, Tensor.of(new int[4]), logits, RowBuffers.NONE);
        assertEquals(1, moved.size());
        assertEquals(List.of(), basin.traffic().of(() -> {}));
    }

    private List<Traffic.Moved> crossEntropy(Tensor logits, Tensor gradient) {
        CrossEntropy loss = new CrossEntropy().reduction(Reduction.SUM);
        RowBuffers buffers = RowBuffers.NONE.losses(Tensor.of(new float[4]));
        return basin.traffic().of(() -> loss.forwardBackward(basin, logits, Tensor.of(new int[4]), gradient, buffers));
    }

    private static Tensor like(Tensor weights) {
        return Tensor.of(new float[Math.toIntExact(weights.size())]);
    }
}
