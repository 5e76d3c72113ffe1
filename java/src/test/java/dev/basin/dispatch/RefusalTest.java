package dev.basin.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.TestBackends;
import dev.basin.fallback.JavaBackend;
import dev.basin.kernel.InOut;
import dev.basin.kernel.Input;
import dev.basin.kernel.KernelDeclaration;
import dev.basin.kernel.Kernels;
import dev.basin.kernel.OptimizerKernels;
import dev.basin.kernel.Range;
import dev.basin.kernel.RangeBegin;
import dev.basin.kernel.RangeEnd;
import dev.basin.kernel.StorageTypes;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every kernel on every backend keeps to its declaration, and refuses what it does not allow without touching an output. */
class RefusalTest {
    @TestFactory
    Stream<DynamicTest> whatADeclarationDoesNotAllowIsRefused() {
        return TestBackends.names().flatMap(backend -> Kernels.FAMILIES.stream()
                .flatMap(family -> KernelDeclaration.of(family).stream())
                .filter(declaration -> !declaration.name().equals("empty"))
                .map(declaration -> DynamicTest.dynamicTest(backend + " " + declaration.name(), () -> check(backend, declaration))));
    }

    private static void check(String backend, KernelDeclaration declaration) throws Exception {
        try (Basin basin = TestBackends.open(backend)) {
            Object family = basin.kernels().family(declaration.family());
            assertEquals(List.of(), Refusals.complaintsAbout(declaration, family, backend.equals("java")));
        }
    }

    @Test
    void aWrongDeclarationIsFound() throws Exception {
        OptimizerKernels right = JavaBackend.reference().kernels().optimizer();
        WrongKernels wrong = (weightsType, weights, master, gradientsType, gradients, stateType, momentum, gradFactor, begin, end,
                learningRate, beta1, beta2, weightDecay, gradScale) ->
                right.lionStep(weightsType, weights, master, gradientsType, gradients, stateType,
                        momentum.reinterpret(4 * end), gradFactor, begin, end, learningRate, beta1, beta2, weightDecay, gradScale);
        Target target = new Target(wrong, true, true, null, false, new Traffic());
        WrongKernels front = Front.family(WrongKernels.class, target, Team.of(1), Long.MAX_VALUE, new Lifetime());
        List<String> complaints =
                Refusals.complaintsAbout(KernelDeclaration.of(WrongKernels.class, "lionStep"), front, true);
        assertTrue(complaints.contains("it writes beyond momentum"), complaints.toString());
    }

    @Test
    void aKernelThatTakesWhatItShouldNotIsFound() throws Exception {
        OptimizerKernels unchecked = JavaBackend.reference().kernels().optimizer();
        List<String> complaints =
                Refusals.complaintsAbout(KernelDeclaration.of(OptimizerKernels.class, "lionStep"), unchecked, true);
        assertTrue(complaints.contains("it takes beta1 = NaN"), complaints.toString());
        assertTrue(complaints.contains("it takes partial overlap of weights and momentum"), complaints.toString());
    }

    /** Lion with a momentum declared as a single element. */
    interface WrongKernels {
        void lionStep(
                @StorageTypes(DataType.F32) int weightsType,
                @InOut(shape = "elements", type = "weightsType") MemorySegment weights,
                @InOut(shape = "elements", type = "f32", optional = true) MemorySegment master,
                @StorageTypes(DataType.F32) int gradientsType,
                @Input(shape = "elements", type = "gradientsType") MemorySegment gradients,
                @StorageTypes(DataType.F32) int stateType,
                @InOut(shape = "1", type = "stateType") MemorySegment momentum,
                @Input(shape = "1", type = "f32", optional = true) MemorySegment gradFactor,
                @RangeBegin long begin,
                @RangeEnd("elements") long end,
                @Range(min = 0) double learningRate,
                @Range(min = 0, max = 1, belowMax = true) double beta1,
                @Range(min = 0, max = 1, belowMax = true) double beta2,
                @Range(min = 0) double weightDecay,
                double gradScale);
    }
}
