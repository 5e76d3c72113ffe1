package dev.basin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.loss.AldrKl;
import dev.basin.loss.ClassificationLoss;
import dev.basin.loss.CompSum;
import dev.basin.loss.CrossEntropy;
import dev.basin.loss.FocalCrossEntropy;
import dev.basin.loss.LdrKl;
import dev.basin.loss.LinearCrossEntropy;
import dev.basin.loss.Reduction;
import dev.basin.loss.RowBuffers;
import dev.basin.loss.SmoothAdversarialCompSum;
import dev.basin.loss.SvmLoss;
import dev.basin.loss.ZLoss;
import dev.basin.optim.AdamW;
import dev.basin.optim.Gradients;
import dev.basin.trajectory.TrajectoryLoss;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    @ParameterizedTest
    @MethodSource("losses")
    void lossesTakeLabelsAndRowWeightsInIt(ClassificationLoss<?> loss) {
        int[] targets = {2, -100, 0};
        float[] logits = {1, 2, 3, 4, 5, 6, -1, 0, 4};
        float[] weights = {0.5f, 1, 2};
        float[] expected = new float[9];
        float[] expectedLosses = new float[3];
        double mean;
        try (Basin java = TestBackends.open("java")) {
            mean = loss.forwardBackward(java, Tensor.of(logits, 3, 3), Tensor.of(targets), Tensor.of(expected, 3, 3),
                    RowBuffers.NONE.rowWeights(Tensor.of(weights)).losses(Tensor.of(expectedLosses)));
        }
        try (Basin basin = cuda(); Rows rows = new Rows(basin, logits, targets, weights)) {
            double onDevice = loss.meanDivisor(2.5).forwardBackward(
                    basin, rows.logits(), rows.targets(), rows.gradient(), rows.buffers().losses(rows.losses()));
            assertEquals(mean, onDevice, 1e-6);
            assertArrayEquals(expected, rows.readGradient(), 1e-6f);
            assertArrayEquals(expectedLosses, rows.readLosses(), 1e-5f);
            assertEquals(onDevice * 2.5, loss.reduction(Reduction.SUM).forward(
                    basin, rows.logits(), rows.targets(), rows.buffers()), 1e-6);
        }
    }

    static Stream<ClassificationLoss<?>> losses() {
        return Stream.of(new CrossEntropy(), new FocalCrossEntropy(), new CompSum(0.5), new SvmLoss(), new ZLoss(), new LdrKl());
    }

    @ParameterizedTest
    @ValueSource(ints = {3, -1, Integer.MIN_VALUE})
    void aLabelInItThatIsNoClassGivesItsRowNaNAndNoGradient(int wrong) {
        float[] logits = {1, 2, 3, 4, 5, 6, -1, 0, 4};
        float[] expected = new float[9];
        CrossEntropy loss = new CrossEntropy().reduction(Reduction.SUM);
        try (Basin java = TestBackends.open("java")) {
            loss.forwardBackward(java, Tensor.of(logits, 3, 3), Tensor.of(new int[] {2, -100, 0}), Tensor.of(expected, 3, 3));
        }
        try (Basin basin = cuda(); Rows rows = new Rows(basin, logits, new int[] {2, wrong, 0}, new float[] {1, 1, 1})) {
            double sum = loss.forwardBackward(
                    basin, rows.logits(), rows.targets(), rows.gradient(), rows.buffers().losses(rows.losses()));
            float[] losses = rows.readLosses();
            assertTrue(Double.isNaN(sum));
            assertTrue(Float.isNaN(losses[1]) && Float.isFinite(losses[0]) && Float.isFinite(losses[2]));
            assertArrayEquals(expected, rows.readGradient(), 1e-6f);
        }
    }

    @Test
    @SuppressWarnings("restricted") // a segment as another library would make it
    void aMeanThatJavaCannotCountIsRefused() {
        int[] targets = {2, 1, 0};
        float[] ones = {1, 1, 1};
        try (Basin basin = cuda(); Rows rows = new Rows(basin, new float[9], targets, ones)) {
            Tensor weights = rows.buffers().rowWeights();
            refuses("targets must be in the memory of the host for a mean without meanDivisor, but it is in a device's", () ->
                    new CrossEntropy().forward(basin, rows.logits(), rows.targets()));
            MemorySegment bare = MemorySegment.ofAddress(rows.targets().memory().address()).reinterpret(12);
            refuses("targets must be in the memory of the host for a mean without meanDivisor, but it is in a device's", () ->
                    new CrossEntropy().forward(basin, rows.logits(), Tensor.of(bare, DataType.I32, 3)));
            refuses("rowWeights must be in the memory of the host for a mean without meanDivisor, but it is in a device's", () ->
                    new CompSum(1).forward(basin, rows.logits(), Tensor.of(targets), rows.buffers()));
            CrossEntropy weighted = new CrossEntropy().classWeights(weights);
            refuses("classWeights must be in the memory of the host for a mean without meanDivisor, but it is in a device's", () ->
                    weighted.forward(basin, rows.logits(), Tensor.of(targets)));
            assertEquals(Math.log(3), weighted.meanDivisor(3).forward(basin, rows.logits(), Tensor.of(targets)), 1e-6);
            // The focal loss divides by rows, whatever its classes weigh.
            assertEquals(Math.log(3), new FocalCrossEntropy().gamma(0).classWeights(weights)
                    .forward(basin, rows.logits(), Tensor.of(targets)), 1e-6);
        }
    }

    @Test
    void theGradientOfLabelsInItFollowsFromLseInIt() {
        int[] targets = {2, 1, 0};
        float[] logits = {1, 2, 3, 4, 5, 6, -1, 0, 4};
        try (Basin basin = cuda(); Rows rows = new Rows(basin, logits, targets, new float[] {1, 1, 1})) {
            CrossEntropy loss = new CrossEntropy().meanDivisor(3);
            loss.forwardBackward(basin, rows.logits(), rows.targets(), rows.gradient());
            float[] expected = rows.readGradient();
            Tensor lse = rows.losses();
            loss.forward(basin, rows.logits(), rows.targets(), RowBuffers.NONE.lse(lse));
            loss.backward(basin, rows.logits(), rows.targets(), lse, rows.gradient(), RowBuffers.NONE);
            assertArrayEquals(expected, rows.readGradient(), 1e-6f);
        }
    }

    @Test
    void lossesWithMoreThanLabelsTakeThemInIt() {
        float[] logits = {1, 2, 3, 4, 5, 6, -1, 0, 4};
        int[] targets = {2, 1, 0};
        try (Basin basin = cuda(); Rows rows = new Rows(basin, logits, targets, new float[] {1, 1, 1})) {
            AldrKl adaptive = new AldrKl();
            double onHost = adaptive.temperatures(Tensor.of(new float[] {1, 1, 1}))
                    .forward(basin, Tensor.of(logits, 3, 3), Tensor.of(targets));
            assertEquals(onHost, adaptive.temperatures(rows.buffers().rowWeights(), rows.losses()).meanDivisor(3)
                    .forward(basin, rows.logits(), rows.targets()), 1e-6);
            SmoothAdversarialCompSum smooth = new SmoothAdversarialCompSum();
            assertEquals(new CompSum(1).forward(basin, Tensor.of(logits, 3, 3), Tensor.of(targets)),
                    smooth.meanDivisor(3).forwardBackward(
                            basin, rows.logits(), rows.logits(), rows.targets(), rows.gradient(), null, null, RowBuffers.NONE), 1e-6);
        }
    }

    @Test
    void aLossThatNeedsLabelsOnTheHostSaysSo() {
        try (Basin basin = cuda(); Rows rows = new Rows(basin, new float[9], new int[] {2, 1, 0}, new float[] {1, 1, 1})) {
            refuses("targets must be in the memory of the host here, but it is in a device's", () ->
                    new LinearCrossEntropy(new CrossEntropy().meanDivisor(3)).forwardBackward(
                            basin, Tensor.of(new float[3], 3, 1), Tensor.of(new float[3], 3, 1), null, rows.targets(),
                            new LinearCrossEntropy.Gradients(null, null, null, false)));
            try (Basin panama = TestBackends.open("panama")) {
                refuses("targets must be in the memory of the host here, but it is in a device's", () ->
                        new CrossEntropy().meanDivisor(3).forward(panama, Tensor.of(new float[9], 3, 3), rows.targets()));
            }
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
    void trajectoryLossesTakeLabelsFromTheHostAlone() {
        try (Basin basin = cuda(); DeviceMemory memory = DeviceMemory.allocate(basin, 24)) {
            Tensor logits = Tensor.of(LOGITS, 2, 3);
            Tensor labels = memory.tensor(DataType.I32, 2);
            IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () ->
                    TrajectoryLoss.saf().forwardBackward(basin, 0, logits, labels, null, logits));
            assertEquals("targets must be in the memory of the host here, but it is in a device's", refused.getMessage());
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

    private static void refuses(String sentence, Executable call) {
        assertEquals(sentence, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    /** Three rows of three classes, with what losses need beside them, each in memory of its own. */
    private static final class Rows implements AutoCloseable {
        private final DeviceMemory logits;
        private final DeviceMemory targets;
        private final DeviceMemory weights;
        private final DeviceMemory gradient;
        private final DeviceMemory losses;

        Rows(Basin basin, float[] logits, int[] targets, float[] weights) {
            this.logits = DeviceMemory.allocate(basin, 36);
            this.targets = DeviceMemory.allocate(basin, 12);
            this.weights = DeviceMemory.allocate(basin, 12);
            this.gradient = DeviceMemory.allocate(basin, 36);
            this.losses = DeviceMemory.allocate(basin, 12);
            this.logits.copyFrom(Tensor.of(logits, 3, 3));
            this.targets.copyFrom(Tensor.of(targets));
            this.weights.copyFrom(Tensor.of(weights));
        }

        Tensor logits() {
            return logits.tensor(DataType.F32, 3, 3);
        }

        Tensor targets() {
            return targets.tensor(DataType.I32, 3);
        }

        Tensor gradient() {
            return gradient.tensor(DataType.F32, 3, 3);
        }

        Tensor losses() {
            return losses.tensor(DataType.F32, 3);
        }

        RowBuffers buffers() {
            return RowBuffers.NONE.rowWeights(weights.tensor(DataType.F32, 3));
        }

        float[] readGradient() {
            float[] read = new float[9];
            gradient.copyTo(Tensor.of(read, 3, 3));
            return read;
        }

        float[] readLosses() {
            float[] read = new float[3];
            losses.copyTo(Tensor.of(read));
            return read;
        }

        @Override
        public void close() {
            for (DeviceMemory memory : List.of(logits, targets, weights, gradient, losses)) {
                memory.close();
            }
        }
    }
}
