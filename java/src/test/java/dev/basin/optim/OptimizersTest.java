package dev.basin.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.TestBackends;
import dev.basin.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The worked examples and claims of the catalogue's page on Lion and its companions. */
class OptimizersTest {
    private static final double EXACT = 1e-11;

    private final Basin reference = TestBackends.reference();
    private final Tensor weights = Tensor.of(new double[] {1, -.5, 2, .1}, 2, 2);
    private final List<Tensor> first = List.of(Tensor.of(new double[] {.1, -.2, 0, .4}, 2, 2));
    private final List<Tensor> second = List.of(Tensor.of(new double[] {.3, .1, -.2, 0}, 2, 2));

    @AfterEach
    void close() {
        reference.close();
    }

    @Test
    void theWorkedExampleOfAdamW() {
        AdamW adamw = AdamW.over(reference, List.of(weights), AdamW.Options.defaults().weightDecay(.5));
        adamw.step(first, .1);
        adamw.step(second, .1);
        assertValues(weights, .715721901706, -.329616302469, 1.879413677096, -.071755820669);
        assertValues(adamw.firstMoments().getFirst(), .039, -.008, -.02, .036);
        assertValues(adamw.secondMoments().getFirst(), 9.999e-5, 4.996e-5, 4e-5, 1.5984e-4);
        assertEquals(2, adamw.steps());
    }

    @Test
    void theWorkedExampleOfLion() {
        Lion lion = Lion.over(reference, List.of(weights), Lion.Options.defaults().weightDecay(.5));
        lion.momenta().getFirst().copyFrom(Tensor.of(new double[] {.2, -.1, 0, -.03}, 2, 2));
        lion.step(first, .1);
        lion.step(second, .1);
        assertValues(weights, .7075, -.25625, 1.905, .09525);
        assertValues(lion.momenta().getFirst(), .20001, -.09899, -.002, -.025443);
    }

    @Test
    void theWorkedExampleOfSgd() {
        Sgd sgd = Sgd.over(reference, List.of(weights),
                Sgd.Options.defaults().momentum(.9).nesterov(true).weightDecay(.01));
        sgd.step(first, .1);
        sgd.step(second, .1);
        assertValues(weights, .91132971, -.462569005, 2.02878722, -.008716239);
        assertValues(sgd.state().get("momentum_buffer").getFirst(), .408791, -.0891105, -.162038, .3611381);
    }

    @Test
    void theWorkedExampleOfClipping() {
        Gradients gradients = Gradients.of(List.of(Tensor.of(new double[] {3, 0}, 2), Tensor.of(new double[] {4}, 1, 1)));
        GlobalNormClip.Result clipped = new GlobalNormClip(1).apply(reference, gradients);
        assertEquals(5, clipped.norm());
        assertEquals(.59999988, 3 * clipped.gradients().scale(), 1e-12);
        assertEquals(.79999984, 4 * clipped.gradients().scale(), 1e-12);
    }

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void aNormThatIsNotFiniteLeavesTheGradientsAndSaysSo(String backend) {
        try (Basin basin = TestBackends.open(backend)) {
            Gradients gradients = Gradients.of(List.of(Tensor.of(new float[] {1, Float.POSITIVE_INFINITY})));
            GlobalNormClip.Result result = new GlobalNormClip(1).apply(basin, gradients);
            assertEquals(Double.POSITIVE_INFINITY, result.norm());
            assertEquals(1, result.gradients().scale());
            assertEquals(false, result.isFinite());
            assertThrows(ArithmeticException.class,
                    () -> new GlobalNormClip(1).refuseNonFinite(true).apply(basin, gradients));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void squaresBeyondFloatDoNotOverflowTheNorm(String backend) {
        try (Basin basin = TestBackends.open(backend)) {
            Gradients gradients = Gradients.of(List.of(Tensor.of(new float[] {3e30f, 4e30f}), Tensor.of(new float[0])));
            assertEquals(5e30, GlobalNormClip.norm(basin, gradients), 5e24);
            assertEquals(1, new GlobalNormClip(1).apply(basin, Gradients.of(List.of(Tensor.of(new float[5]))))
                    .gradients().scale());
        }
    }

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void aRefusedStepChangesNothing(String backend) {
        float[] w = {1, 2};
        float[] other = {3};
        try (Basin basin = TestBackends.open(backend)) {
            AdamW adamw = AdamW.over(basin, List.of(Tensor.of(w), Tensor.of(other)), AdamW.Options.defaults());
            List<Tensor> gradients = List.of(Tensor.of(new float[] {1, 1}), Tensor.of(other));
            var refusal = assertThrows(IllegalArgumentException.class, () -> adamw.step(gradients, .1));
            assertTrue(refusal.getMessage().contains("overlaps"), refusal.getMessage());
            assertThrows(IllegalArgumentException.class, () -> adamw.step(gradients.subList(0, 1), .1));
            assertThrows(IllegalArgumentException.class, () -> adamw.step(gradients, -1));
            assertThrows(IllegalArgumentException.class, () -> adamw.step(gradients, Double.NaN));
            assertEquals(0, adamw.steps());
        }
        assertArrayEquals(new float[] {1, 2}, w);
        assertArrayEquals(new float[] {3}, other);
    }

    /** Small tensors are shared out among threads, those of a confined arena are not, and bits are the same. */
    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void manySmallTensorsStepAlikeOnAnyNumberOfThreads(String backend) {
        List<float[]> alone = stepped(backend, 1, Arena.ofAuto());
        try (Arena confined = Arena.ofConfined()) {
            for (Arena arena : List.of(Arena.ofAuto(), confined)) {
                List<float[]> together = stepped(backend, 3, arena);
                for (int i = 0; i < alone.size(); i++) {
                    assertArrayEquals(alone.get(i), together.get(i), "tensor " + i);
                }
            }
        }
    }

    private static List<float[]> stepped(String backend, int threads, Arena arena) {
        Random random = new Random(5);
        List<Tensor> weights = new ArrayList<>();
        List<Tensor> gradients = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            for (List<Tensor> tensors : List.of(weights, gradients)) {
                Tensor tensor = Tensor.allocate(arena, DataType.F32, 1 + i);
                for (int j = 0; j <= i; j++) {
                    tensor.set(j, random.nextGaussian());
                }
                tensors.add(tensor);
            }
        }
        Basin.Options options = Basin.Options.defaults().backend(backend).threads(threads).parallelThreshold(20_000);
        try (Basin basin = TestBackends.open(options)) {
            AdamW adamw = AdamW.over(basin, weights, AdamW.Options.defaults());
            for (int step = 0; step < 3; step++) {
                adamw.step(gradients, .01);
            }
        }
        return weights.stream().map(tensor -> tensor.memory().toArray(ValueLayout.JAVA_FLOAT)).toList();
    }

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void groupsHaveHyperParametersAndLearningRatesOfTheirOwn(String backend) {
        float[] decayed = {1};
        float[] bias = {1};
        try (Basin basin = TestBackends.open(backend)) {
            var decaying = ParameterGroup.of(List.of(new Parameter("weight", Tensor.of(decayed))),
                    Sgd.Options.defaults().weightDecay(.5));
            var slow = new ParameterGroup<>(List.of(new Parameter("bias", Tensor.of(bias))), Sgd.Options.defaults(), .1);
            Sgd.over(basin, List.of(decaying, slow))
                    .step(List.of(Tensor.of(new float[] {1}), Tensor.of(new float[] {1})), .1);
        }
        assertEquals(1 - .1 * 1.5, decayed[0], 1e-7);
        assertEquals(1 - .01, bias[0], 1e-7);
    }

    @Test
    void wrongHyperParametersAreRefusedWhenTheyAreSet() {
        assertThrows(IllegalArgumentException.class, () -> AdamW.Options.defaults().beta2(1));
        assertThrows(IllegalArgumentException.class, () -> AdamW.Options.defaults().epsilon(0));
        assertThrows(IllegalArgumentException.class, () -> Lion.Options.defaults().weightDecay(-1));
        assertThrows(IllegalArgumentException.class, () -> Sgd.Options.defaults().nesterov(true));
        var refusal = assertThrows(IllegalArgumentException.class, () -> Lion.Options.defaults().beta1(Double.NaN));
        assertEquals("beta1 must be finite and at least 0 and below 1, got NaN", refusal.getMessage());
    }

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void everyLionCoordinateMovesByTheLearningRateBesideItsDecay(String backend) {
        Random random = new Random(4);
        int size = 1037;
        float[] before = new float[size];
        float[] gradient = new float[size];
        for (int i = 0; i < size; i++) {
            before[i] = (float) random.nextGaussian();
            gradient[i] = (float) random.nextGaussian();
        }
        float[] after = before.clone();
        try (Basin basin = TestBackends.open(backend)) {
            Lion.over(basin, List.of(Tensor.of(after)), Lion.Options.defaults().weightDecay(.1))
                    .step(List.of(Tensor.of(gradient)), 1e-2);
        }
        for (int i = 0; i < size; i++) {
            assertEquals(1e-2, Math.abs(after[i] - before[i] * (1 - 1e-2 * .1)), 4e-7 * Math.max(1, Math.abs(before[i])));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void lionLeavesWhatHasNoGradientAndShowsABrokenOne(String backend) {
        float[] w = {2, 3, 4};
        try (Basin basin = TestBackends.open(backend)) {
            Lion.over(basin, List.of(Tensor.of(w)), Lion.Options.defaults())
                    .step(List.of(Tensor.of(new float[] {0, Float.NaN, 1})), .5);
        }
        assertEquals(2, w[0]);
        assertEquals(Float.NaN, w[1]);
        assertEquals(3.5f, w[2]);
    }

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void manyTensorsInOneStepEqualOneTensorAtATime(String backend) {
        Random random = new Random(6);
        try (Basin basin = TestBackends.open(backend)) {
            List<Tensor> together = tensors(random);
            List<Tensor> gradients = tensors(random);
            List<Tensor> apart = together.stream().map(OptimizersTest::copy).toList();
            AdamW.over(basin, together, AdamW.Options.defaults()).step(gradients, .01);
            for (int i = 0; i < apart.size(); i++) {
                AdamW.over(basin, List.of(apart.get(i)), AdamW.Options.defaults()).step(List.of(gradients.get(i)), .01);
                for (int j = 0; j < apart.get(i).size(); j++) {
                    assertEquals(apart.get(i).get(j), together.get(i).get(j));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void scaleAndFactorMultiplyTheGradientAsItIsRead(String backend) {
        float[] w = {1, 1};
        float[] sameWeights = {1, 1};
        try (Basin basin = TestBackends.open(backend)) {
            List<Tensor> gradients = List.of(Tensor.of(new float[] {4, -8}));
            Gradients scaled = Gradients.of(gradients).scale(.25).factor(Tensor.of(new float[] {.5f}));
            AdamW.Options options = AdamW.Options.defaults().epsilon(1);
            AdamW.over(basin, List.of(Tensor.of(w)), options).step(scaled, .1);
            AdamW.over(basin, List.of(Tensor.of(sameWeights)), options).step(List.of(Tensor.of(new float[] {.5f, -1})), .1);
        }
        assertEquals(sameWeights[0], w[0]);
        assertEquals(sameWeights[1], w[1]);
    }

    private static List<Tensor> tensors(Random random) {
        return List.of(random(random, 1), random(random, 17), random(random, 1000), random(random, 300));
    }

    private static Tensor random(Random random, int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.of(values);
    }

    private static Tensor copy(Tensor tensor) {
        Tensor copy = Tensor.of(new float[(int) tensor.size()]);
        copy.copyFrom(tensor);
        return copy;
    }

    private static void assertValues(Tensor tensor, double... expected) {
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], tensor.get(i), EXACT, "element " + i + " of " + tensor);
        }
    }
}
