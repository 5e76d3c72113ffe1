package dev.basin.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.basin.Basin;
import dev.basin.CudaStandIn;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.sharpness.SharpnessAware;
import dev.basin.sharpness.SharpnessOptions;
import dev.basin.trajectory.MovingAverage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What goes over many tensors on a device takes a launch a group of them, and leaves the bits of a launch a tensor; on the stand-in. */
@ResourceLock(CudaStandIn.RESOURCE)
class TableLaunchesTest {
    private static final int[] SIZES = {5, 0, 1, 20001, 3, 1024, 1025, 0, 7};
    private static final long SEED = 3;
    private static final int STEPS = 1000;
    private static final int WARM_UP_ROUNDS = 50;

    @BeforeAll
    static void requireTheStandIn() {
        CudaStandIn.require();
    }

    private static Basin cuda() {
        return Basin.open(Basin.Options.defaults().backend("cuda").threads(1));
    }

    /** Makes an optimizer over tensors. */
    private interface Maker {
        Optimizer<?> over(Basin basin, List<Tensor> parameters);
    }

    private record Named(String name, Maker maker) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Stream<Named> makers() {
        AdamW.Options adamw = AdamW.Options.defaults().beta2(.99);
        return Stream.of(
                new Named("adamw", (basin, tensors) -> AdamW.over(basin, tensors, adamw)),
                new Named("adamw, bf16 moments", (basin, tensors) -> AdamW.over(
                        basin, tensors, adamw.firstMomentType(DataType.BF16).secondMomentType(DataType.BF16))),
                new Named("lion", (basin, tensors) -> Lion.over(basin, tensors, Lion.Options.defaults().weightDecay(.1))),
                new Named("lion, bf16 momentum", (basin, tensors) -> Lion.over(
                        basin, tensors, Lion.Options.defaults().momentumType(DataType.BF16))),
                new Named("lion-k", (basin, tensors) -> LionK.over(
                        basin, tensors, LionK.Options.of(new ConvexFunction.Huber(.5)).weightDecay(.1))),
                new Named("sgd", (basin, tensors) -> Sgd.over(basin, tensors, Sgd.Options.defaults().weightDecay(.01))),
                new Named("sgd, nesterov", (basin, tensors) -> Sgd.over(
                        basin, tensors, Sgd.Options.defaults().momentum(.9).nesterov(true))));
    }

    @ParameterizedTest
    @MethodSource("makers")
    void oneLaunchHasTheBitsOfALaunchATensor(Named named) {
        try (Basin basin = cuda();
                DeviceTensors together = new DeviceTensors(basin, SEED);
                DeviceTensors oneByOne = new DeviceTensors(basin, SEED)) {
            Optimizer<?> optimizer = named.maker().over(basin, together.tensors(SIZES, 3));
            List<Optimizer<?>> optimizers = new ArrayList<>();
            oneByOne.tensors(SIZES, 3).forEach(tensor -> optimizers.add(named.maker().over(basin, List.of(tensor))));
            for (int step = 0; step < 3; step++) {
                // The first two steps have the same memory, the third gradients elsewhere.
                Gradients gradients = gradients(together, step);
                List<Tensor> others = gradients(oneByOne, step).tensors();
                Gradients first = gradients.scale(.5).factor(together.tensor(DataType.F32, 1));
                Tensor factor = oneByOne.tensor(DataType.F32, 1);
                optimizer.step(first, .1);
                assertEquals(1, CudaStandIn.launchesOf(() -> optimizer.step(first, .05)));
                for (int i = 0; i < SIZES.length; i++) {
                    Gradients own = Gradients.of(List.of(others.get(i))).scale(.5).factor(factor);
                    optimizers.get(i).step(own, .1);
                    optimizers.get(i).step(own, .05);
                }
                assertArrayEquals(oneByOne.read(), together.read(), "weights after step " + step);
                assertSameState(basin, optimizer, optimizers);
            }
        }
    }

    private static Gradients gradients(DeviceTensors memory, int everyBf16) {
        return Gradients.of(memory.tensors(SIZES, 2 + everyBf16));
    }

    private static void assertSameState(Basin basin, Optimizer<?> together, List<Optimizer<?>> oneByOne) {
        together.state().forEach((kind, tensors) -> {
            for (int i = 0; i < tensors.size(); i++) {
                List<Tensor> other = oneByOne.get(i).state().get(kind);
                if (other != null) {
                    assertArrayEquals(DeviceTensors.read(basin, other).getFirst(),
                            DeviceTensors.read(basin, tensors.subList(i, i + 1)).getFirst(), kind + " " + i);
                }
            }
        });
    }

    @Test
    void eachGroupHasALaunchWithItsOwnNumbers() {
        try (Basin basin = cuda();
                DeviceTensors together = new DeviceTensors(basin, SEED);
                DeviceTensors apart = new DeviceTensors(basin, SEED)) {
            List<ParameterGroup<Lion.Options>> groups = groups(together);
            Lion lion = Lion.over(basin, groups);
            List<Tensor> gradients = together.tensors(new int[] {5, 2000, 3}, 2);
            assertEquals(2, launchesOfSecondStep(lion, Gradients.of(gradients)));
            List<ParameterGroup<Lion.Options>> others = groups(apart);
            List<Tensor> otherGradients = apart.tensors(new int[] {5, 2000, 3}, 2);
            int done = 0;
            for (ParameterGroup<Lion.Options> group : others) {
                int end = done + group.parameters().size();
                launchesOfSecondStep(Lion.over(basin, List.of(group)), Gradients.of(otherGradients.subList(done, end)));
                done = end;
            }
            assertArrayEquals(apart.read(), together.read());
        }
    }

    private static List<ParameterGroup<Lion.Options>> groups(DeviceTensors memory) {
        Parameter a = new Parameter("a", memory.tensor(DataType.F32, 5));
        Parameter b = new Parameter("b", memory.tensor(DataType.BF16, 2000));
        Parameter c = new Parameter("c", memory.tensor(DataType.F32, 3));
        return List.of(ParameterGroup.of(List.of(a, b), Lion.Options.defaults().weightDecay(.1)),
                ParameterGroup.of(List.of(), Lion.Options.defaults()),
                new ParameterGroup<>(List.of(c), Lion.Options.defaults(), .5));
    }

    private static long launchesOfSecondStep(Optimizer<?> optimizer, Gradients gradients) {
        optimizer.step(gradients, .1);
        return CudaStandIn.launchesOf(() -> optimizer.step(gradients, .1));
    }

    @Test
    void newGradientsTravelInALaunchForEachFiveHundredOfThem() {
        int[] sizes = IntStream.range(0, 1000).map(i -> i % 4).toArray();
        try (Basin basin = cuda(); DeviceTensors memory = new DeviceTensors(basin, SEED)) {
            AdamW adamw = AdamW.over(basin, memory.tensors(sizes, 1001), AdamW.Options.defaults());
            Gradients first = Gradients.of(memory.tensors(sizes, 1001));
            Gradients second = Gradients.of(memory.tensors(sizes, 1001));
            adamw.step(first, .1);
            assertEquals(1, CudaStandIn.launchesOf(() -> adamw.step(first, .1)));
            assertEquals(2 + 1, CudaStandIn.launchesOf(() -> adamw.step(second, .1)));
        }
    }

    @Test
    void aStepWithTheGradientsOfTheOneBeforeAllocatesNothing() {
        int[] sizes = {1, 2};
        try (Basin basin = cuda(); DeviceTensors memory = new DeviceTensors(basin, SEED)) {
            AdamW adamw = AdamW.over(basin, memory.tensors(sizes, 2), AdamW.Options.defaults());
            Gradients gradients = Gradients.of(memory.tensors(sizes, 2));
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long perStep = Long.MAX_VALUE;
            for (int round = 0; round < WARM_UP_ROUNDS && perStep > 0; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < STEPS; i++) {
                    adamw.step(gradients, .1);
                }
                perStep = (threads.getCurrentThreadAllocatedBytes() - before) / STEPS;
            }
            assertEquals(0, perStep);
        }
    }

    @Test
    void aFactorOfTheHostMultipliesToo() {
        float[] factor = {.25f};
        try (Basin basin = cuda();
                DeviceTensors together = new DeviceTensors(basin, SEED);
                DeviceTensors scaled = new DeviceTensors(basin, SEED)) {
            Sgd sgd = Sgd.over(basin, together.tensors(SIZES, 3), Sgd.Options.defaults());
            Gradients gradients = Gradients.of(together.tensors(SIZES, 2)).factor(Tensor.of(factor));
            sgd.step(gradients, .1);
            factor[0] = .5f;
            sgd.step(gradients, .1);
            Sgd other = Sgd.over(basin, scaled.tensors(SIZES, 3), Sgd.Options.defaults());
            Gradients plain = Gradients.of(scaled.tensors(SIZES, 2));
            other.step(plain.scale(.25), .1);
            other.step(plain.scale(.5), .1);
            assertArrayEquals(scaled.read(), together.read());
        }
    }

    @Test
    void aRefusedStepChangesNothing() {
        try (Basin basin = cuda(); DeviceTensors memory = new DeviceTensors(basin, SEED)) {
            AdamW adamw = AdamW.over(basin, memory.tensors(SIZES, 3), AdamW.Options.defaults());
            Gradients gradients = Gradients.of(memory.tensors(SIZES, 2));
            Tensor tooSmall = memory.tensor(DataType.F32, SIZES[3] - 1);
            adamw.step(gradients, .1);
            byte[] before = memory.read();
            assertThrows(IllegalArgumentException.class, () -> adamw.step(gradients, Double.NaN));
            List<Tensor> wrong = new ArrayList<>(gradients.tensors());
            wrong.set(3, tooSmall);
            assertThrows(IllegalArgumentException.class, () -> adamw.step(wrong, .1));
            wrong.set(3, Tensor.of(gradients.tensors().get(3).memory(), DataType.F16, SIZES[3]));
            assertThrows(IllegalArgumentException.class, () -> adamw.step(wrong, .1));
            assertEquals(1, adamw.steps());
            basin.close();
            assertThrows(IllegalStateException.class, () -> adamw.step(gradients, .1));
            assertArrayEquals(before, memory.read());
        }
    }

    @Test
    void parametersOnTheHostAreSteppedOneByOne() {
        try (Basin basin = cuda(); DeviceTensors memory = new DeviceTensors(basin, SEED)) {
            Sgd sgd = Sgd.over(basin, List.of(memory.tensor(DataType.F32, 3), Tensor.of(new float[3])), Sgd.Options.defaults());
            Gradients gradients = Gradients.of(List.of(memory.tensor(DataType.F32, 3), memory.tensor(DataType.F32, 3)));
            assertEquals(2, launchesOfSecondStep(sgd, gradients));
        }
    }

    @Test
    void aStateOnTheDeviceIsSavedAndGoesOnToTheBit(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("state");
        try (Basin basin = cuda();
                DeviceTensors memory = new DeviceTensors(basin, SEED);
                DeviceTensors other = new DeviceTensors(basin, SEED)) {
            AdamW adamw = AdamW.over(basin, memory.tensors(SIZES, 3), AdamW.Options.defaults());
            AdamW resumed = AdamW.over(basin, other.tensors(SIZES, 3), AdamW.Options.defaults());
            MovingAverage average = MovingAverage.over(basin, adamw, .9);
            MovingAverage loaded = MovingAverage.over(basin, resumed, .9);
            Gradients gradients = Gradients.of(memory.tensors(SIZES, 2));
            adamw.step(gradients, .1);
            average.update();
            adamw.save(file);
            resumed.load(file);
            for (int i = 0; i < SIZES.length; i++) {
                basin.copyToDevice(hostCopy(basin, adamw.parameters().get(i).tensor()).memory(),
                        resumed.parameters().get(i).tensor().memory(),
                        SIZES[i] * (long) adamw.parameters().get(i).tensor().type().byteSize());
            }
            average.save(file);
            loaded.load(file);
            adamw.step(gradients, .1);
            average.update();
            resumed.step(Gradients.of(other.tensors(SIZES, 2)), .1);
            loaded.update();
            assertArrayEquals(memory.read(), other.read());
            assertSameBytes(basin, average.averages(), loaded.averages());
        }
    }

    private static Tensor hostCopy(Basin basin, Tensor tensor) {
        Tensor copy = Tensor.allocate(Arena.ofAuto(), tensor.type(), tensor.shape());
        basin.copyToHost(tensor.memory(), copy.memory(), copy.memory().byteSize());
        return copy;
    }

    private static void assertSameBytes(Basin basin, List<Tensor> some, List<Tensor> others) {
        for (int i = 0; i < some.size(); i++) {
            assertArrayEquals(DeviceTensors.read(basin, some).get(i), DeviceTensors.read(basin, others).get(i), "tensor " + i);
        }
    }

    @Test
    void averagesOfManyTensorsMoveInOneLaunch() {
        try (Basin basin = cuda(); DeviceTensors memory = new DeviceTensors(basin, SEED)) {
            List<Tensor> weights = memory.tensors(SIZES, 3);
            Sgd sgd = Sgd.over(basin, weights, Sgd.Options.defaults());
            MovingAverage average = MovingAverage.over(basin, sgd, .9);
            List<MovingAverage> oneByOne = weights.stream()
                    .map(tensor -> MovingAverage.over(basin, Sgd.over(basin, List.of(tensor), Sgd.Options.defaults()), .9))
                    .toList();
            sgd.step(Gradients.of(memory.tensors(SIZES, 2)), .1);
            average.update();
            assertEquals(1, CudaStandIn.launchesOf(average::update));
            oneByOne.forEach(one -> {
                one.update();
                one.update();
            });
            assertSameBytes(basin, oneByOne.stream().flatMap(one -> one.averages().stream()).toList(), average.averages());
        }
    }

    @Test
    void theNormOfManyGradientsTakesOneLaunch() {
        int[] sizes = {5, 0, 70001, 3, 65536, 1};
        try (Basin basin = cuda(); DeviceTensors memory = new DeviceTensors(basin, SEED)) {
            List<Tensor> tensors = memory.tensors(sizes, 2);
            double total = 0;
            for (Tensor tensor : tensors) {
                double norm = GlobalNormClip.norm(basin, Gradients.of(List.of(hostCopy(basin, tensor))));
                total += norm * norm;
            }
            double[] norm = new double[1];
            Gradients gradients = Gradients.of(tensors).scale(-2);
            GlobalNormClip.norm(basin, gradients);
            assertEquals(1, CudaStandIn.launchesOf(() -> norm[0] = GlobalNormClip.norm(basin, gradients)));
            assertEquals(2 * Math.sqrt(total), norm[0], 1e-12 * norm[0]);
            assertTrue(norm[0] > 0);
        }
    }

    /** Half of the parameters are scaled, and the weights f32 where they are to be recomputed. */
    private record Sharpness(String name, SharpnessOptions options, int launchesOfPerturb, int launchesOfStep) {
        @Override
        public String toString() {
            return name;
        }

        SharpnessAware over(Basin basin, DeviceTensors memory) {
            List<Tensor> weights = memory.tensors(SIZES, options.recomputed() ? 100 : 3);
            if (options.recomputed()) {
                weights = new ArrayList<>(weights);
                weights.set(0, memory.tensor(DataType.F32, SIZES[0]));
            }
            Sgd sgd = Sgd.over(basin, weights, Sgd.Options.defaults().momentum(.9));
            return SharpnessAware.over(basin, sgd, options, parameter -> Integer.parseInt(parameter.name()) % 2 == 0);
        }
    }

    private static Stream<Sharpness> sharpness() {
        return Stream.of(
                new Sharpness("sam", SharpnessOptions.sam(), 3, 2),
                new Sharpness("sam, recomputed", SharpnessOptions.sam().recomputed(true), 3, 2),
                new Sharpness("asam", SharpnessOptions.asam(), 5, 3),
                new Sharpness("asam, recomputed", SharpnessOptions.asam().rho(.1).recomputed(true), 5, 3));
    }

    @ParameterizedTest
    @MethodSource("sharpness")
    void weightsAreMovedAndBroughtBackInALaunchForAllThatAreScaledAlike(Sharpness sharpness) {
        try (Basin basin = cuda();
                DeviceTensors together = new DeviceTensors(basin, SEED);
                DeviceTensors oneByOne = new DeviceTensors(basin, SEED)) {
            SharpnessAware aware = sharpness.over(basin, together);
            SharpnessAware other = sharpness.over(basin, oneByOne);
            float[] factor = {.25f};
            Gradients ascent = Gradients.of(together.tensors(SIZES, 2)).factor(Tensor.of(factor));
            Gradients otherAscent = Gradients.of(oneByOne.tensors(SIZES, 2)).factor(Tensor.of(factor));
            List<Tensor> gradients = together.tensors(SIZES, 2);
            List<Tensor> otherGradients = oneByOne.tensors(SIZES, 2);
            for (int step = 0; step < 2; step++) {
                SharpnessAware.Result[] result = new SharpnessAware.Result[2];
                long launches = CudaStandIn.launchesOf(() -> result[0] = aware.perturb(ascent));
                // Calls that are noted are made one by one.
                basin.traffic().of(() -> result[1] = other.perturb(otherAscent));
                assertEquals(result[1], result[0]);
                assertArrayEquals(oneByOne.read(), together.read(), "perturbed");
                long launchesOfStep = CudaStandIn.launchesOf(() -> aware.step(gradients, .1));
                basin.traffic().of(() -> other.step(otherGradients, .1));
                assertArrayEquals(oneByOne.read(), together.read(), "stepped");
                if (step > 0) {
                    assertEquals(sharpness.launchesOfPerturb(), launches);
                    assertEquals(sharpness.launchesOfStep(), launchesOfStep);
                }
            }
            aware.perturb(ascent);
            aware.restore();
            if (!sharpness.options().recomputed()) {
                assertArrayEquals(oneByOne.read(), together.read(), "restored");
            }
        }
    }
}
