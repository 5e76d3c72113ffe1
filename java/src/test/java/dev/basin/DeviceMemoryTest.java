package dev.basin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.basin.loss.CrossEntropy;
import dev.basin.optim.AdamW;
import dev.basin.optim.Gradients;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Tensors in a device's memory, on the stand-in for the CUDA runtime. */
@ResourceLock(CudaStandIn.RESOURCE)
class DeviceMemoryTest {
    private static final float[] LOGITS = {1, 2, 3, -1, 0, 4};
    private static final int[] TARGETS = {2, 0};

    @BeforeAll
    static void requireTheStandIn() {
        CudaStandIn.require();
    }

    private static Basin cuda() {
        return Basin.open(Basin.Options.defaults().backend("cuda").threads(1));
    }

    @Test
    void kernelsUseItWithoutACopyOfTheHosts() {
        float[] expected = LOGITS.clone();
        double loss;
        try (Basin java = TestBackends.open("java")) {
            loss = new CrossEntropy().forwardBackward(java, LOGITS.clone(), TARGETS, expected);
        }
        try (Basin basin = cuda();
                DeviceMemory memory = DeviceMemory.allocate(basin, 24)) {
            memory.copyFrom(Tensor.of(LOGITS, 2, 3));
            Tensor logits = memory.tensor(DataType.F32, 2, 3);
            double onDevice = new CrossEntropy().forwardBackward(basin, logits, Tensor.of(TARGETS), logits);
            float[] gradient = new float[6];
            memory.copyTo(Tensor.of(gradient, 2, 3));
            assertEquals(loss, onDevice, 1e-6);
            assertArrayEquals(expected, gradient, 1e-6f);
        }
    }

    @Test
    void optimizersStepInIt() {
        float[] expected = {1, 2, 3};
        float[] gradients = {0.5f, -1, 2};
        try (Basin java = TestBackends.open("java")) {
            AdamW.over(java, List.of(Tensor.of(expected)), AdamW.Options.defaults())
                    .step(Gradients.of(List.of(Tensor.of(gradients))), 0.1);
        }
        try (Basin basin = cuda(); DeviceMemory memory = DeviceMemory.allocate(basin, 24)) {
            memory.copyFrom(Tensor.of(new float[] {1, 2, 3, 0.5f, -1, 2}));
            AdamW.over(basin, List.of(memory.tensor(DataType.F32, 3)), AdamW.Options.defaults())
                    .step(Gradients.of(List.of(memory.tensor(12, DataType.F32, 3))), 0.1);
            float[] weights = new float[3];
            memory.copyTo(Tensor.of(weights));
            assertArrayEquals(expected, weights, 1e-6f);
        }
    }

    @Test
    void javaAndOtherBackendsAreRefusedInsteadOfCrashing() {
        try (Basin basin = cuda(); Basin panama = TestBackends.open("panama");
                DeviceMemory memory = DeviceMemory.allocate(basin, 24)) {
            Tensor logits = memory.tensor(DataType.F32, 2, 3);
            assertThrows(WrongThreadException.class, () -> logits.get(0));
            IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () ->
                    new CrossEntropy().forwardBackward(panama, logits, Tensor.of(TARGETS), logits));
            assertEquals("logits must be in the memory of the host for this backend, but it is in a device's",
                    refused.getMessage());
            assertThrows(IllegalArgumentException.class, () -> DeviceMemory.allocate(panama, 24));
        }
    }

    @Test
    void memoryOfOthersIsUsedByItsAddress() {
        try (Basin basin = cuda(); DeviceMemory owner = DeviceMemory.allocate(basin, 64)) {
            long address = owner.tensor(DataType.F32, 16).memory().address();
            DeviceMemory.at(basin, address, 64).copyFrom(Tensor.of(LOGITS));
            float[] read = new float[6];
            owner.copyTo(Tensor.of(read));
            assertArrayEquals(LOGITS, read);
            assertThrows(IllegalArgumentException.class,
                    () -> DeviceMemory.at(basin, MemorySegment.ofArray(read).address() + 64, 4));
        }
    }

    @Test
    void closedMemoryAndBadOffsetsAreRefused() {
        try (Basin basin = cuda()) {
            DeviceMemory memory = DeviceMemory.allocate(basin, 24);
            assertThrows(IllegalArgumentException.class, () -> memory.tensor(2, DataType.F32, 3));
            assertThrows(IllegalArgumentException.class, () -> memory.tensor(DataType.F32, 7));
            assertThrows(IllegalArgumentException.class, () -> memory.copyFrom(Tensor.of(new float[7])));
            assertThrows(IllegalArgumentException.class, () -> DeviceMemory.allocate(basin, 0));
            memory.close();
            memory.close();
            assertThrows(IllegalStateException.class, () -> memory.tensor(DataType.F32, 3));
        }
    }
}
