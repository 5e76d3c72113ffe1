package dev.basin.sharpness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.TestBackends;
import dev.basin.optim.AdamW;
import dev.basin.optim.Optimizer;
import dev.basin.optim.Parameter;
import dev.basin.optim.Sgd;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The way back from the perturbed weights: what it restores, and that one pass over memory gives the bits of two. */
class RestorationTest {
    private static final String BACKENDS = "dev.basin.TestBackends#names";
    private static final int STEPS = 3;
    private static final List<SharpnessOptions> OPTIONS = List.of(
            SharpnessOptions.sam(), SharpnessOptions.asam(), SharpnessOptions.abs(),
            SharpnessOptions.sam().recomputed(true), SharpnessOptions.sam().rho(3).recomputed(true),
            SharpnessOptions.asam().rho(.25).recomputed(true), SharpnessOptions.abs().rho(.25).recomputed(true));
    private static final List<Sgd.Options> DESCENTS = List.of(
            Sgd.Options.defaults().weightDecay(.1), Sgd.Options.defaults().momentum(.9).dampening(.3),
            Sgd.Options.defaults().momentum(.9).nesterov(true).weightDecay(.1));

    /** Every length up to two vectors, and one of several blocks. */
    private static List<float[]> numbers(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<float[]> tensors = new ArrayList<>();
        for (int length : new int[] {1, 2, 7, 16, 33, 100, 140_001}) {
            float[] tensor = new float[length];
            for (int i = 0; i < length; i++) {
                tensor[i] = (float) random.nextGaussian();
            }
            tensors.add(tensor);
        }
        return tensors;
    }

    private static List<Tensor> tensors(List<float[]> arrays) {
        return arrays.stream().map(Tensor::of).toList();
    }

    @ParameterizedTest
    @MethodSource(BACKENDS)
    void onePassGivesTheBitsOfTwo(String backend) {
        try (Basin basin = TestBackends.open(backend)) {
            for (SharpnessOptions options : OPTIONS) {
                for (Sgd.Options descent : DESCENTS) {
                    BiFunction<Basin, List<Tensor>, Optimizer<?>> sgd = (on, weights) -> Sgd.over(on, weights, descent);
                    assertSame(trained(basin, options, sgd, true), trained(basin, options, sgd, false), options + " " + descent);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource(BACKENDS)
    void aroundAnotherOptimizerItIsRestoreAndThenStep(String backend) {
        try (Basin basin = TestBackends.open(backend)) {
            for (SharpnessOptions options : OPTIONS) {
                BiFunction<Basin, List<Tensor>, Optimizer<?>> adamw =
                        (on, weights) -> AdamW.over(on, weights, AdamW.Options.defaults());
                assertSame(trained(basin, options, adamw, true), trained(basin, options, adamw, false), options.toString());
            }
        }
    }

    @ParameterizedTest
    @MethodSource(BACKENDS)
    void theBitsDoNotDependOnTheThreads(String backend) {
        Basin.Options opening = Basin.Options.defaults().backend(backend).parallelThreshold(0);
        try (Basin one = TestBackends.open(opening.threads(1)); Basin five = TestBackends.open(opening.threads(5))) {
            for (SharpnessOptions options : OPTIONS) {
                BiFunction<Basin, List<Tensor>, Optimizer<?>> sgd = (on, weights) -> Sgd.over(on, weights, DESCENTS.getLast());
                assertSame(trained(one, options, sgd, true), trained(five, options, sgd, true), options.toString());
            }
        }
    }

    /** The weights after some steps; without {@code together} the way back is a call of its own. */
    private static List<float[]> trained(
            Basin basin, SharpnessOptions options, BiFunction<Basin, List<Tensor>, Optimizer<?>> factory, boolean together) {
        List<float[]> weights = numbers(1);
        Optimizer<?> optimizer = factory.apply(basin, tensors(weights));
        SharpnessAware sam = SharpnessAware.over(basin, optimizer, options);
        for (int step = 1; step <= STEPS; step++) {
            sam.perturb(tensors(numbers(10 + step)));
            List<Tensor> gradients = tensors(numbers(20 + step));
            if (together) {
                sam.step(gradients, .1);
            } else {
                sam.restore();
                optimizer.step(gradients, .1);
            }
            assertEquals(step, optimizer.steps());
        }
        return weights;
    }

    private static void assertSame(List<float[]> expected, List<float[]> actual, String what) {
        for (int i = 0; i < expected.size(); i++) {
            assertTrue(Arrays.equals(expected.get(i), actual.get(i)), what + ": tensor " + i);
        }
    }

    @ParameterizedTest
    @MethodSource(BACKENDS)
    void weightsInHalfPrecisionComeBackToTheBitAndStepFromTheirMaster(String backend) {
        try (Basin basin = TestBackends.open(backend)) {
            List<Tensor> weights = halves(1);
            Sgd sgd = Sgd.over(basin, weights, Sgd.Options.defaults());
            Sgd plain = Sgd.over(basin, halves(1), Sgd.Options.defaults());
            SharpnessAware sam = SharpnessAware.over(basin, sgd, SharpnessOptions.asam());
            sam.perturb(halves(2));
            assertTrue(moved(weights, halves(1)) > 1e-3, "nothing was perturbed");
            sam.restore();
            assertEquals(0, moved(weights, halves(1)));
            sam.perturb(halves(2));
            sam.step(halves(3), .1);
            plain.step(halves(3), .1);
            assertEquals(0, moved(weights, plain.parameters().stream().map(Parameter::tensor).toList()));
            assertThrows(IllegalArgumentException.class,
                    () -> SharpnessAware.over(basin, sgd, SharpnessOptions.sam().recomputed(true)));
        }
    }

    private static List<Tensor> halves(long seed) {
        List<Tensor> halves = new ArrayList<>();
        for (float[] numbers : numbers(seed)) {
            halves.add(Tensor.allocate(Arena.ofAuto(), DataType.BF16, numbers.length));
            for (int i = 0; i < numbers.length; i++) {
                halves.getLast().set(i, numbers[i]);
            }
        }
        return halves;
    }

    private static double moved(List<Tensor> from, List<Tensor> to) {
        double largest = 0;
        for (int t = 0; t < from.size(); t++) {
            for (long i = 0; i < from.get(t).size(); i++) {
                largest = Math.max(largest, Math.abs(from.get(t).get(i) - to.get(t).get(i)));
            }
        }
        return largest;
    }

    @ParameterizedTest
    @MethodSource(BACKENDS)
    void savedWeightsComeBackToTheBit(String backend) {
        try (Basin basin = TestBackends.open(backend)) {
            List<float[]> weights = numbers(1);
            SharpnessAware sam = around(basin, weights, SharpnessOptions.abs());
            sam.perturb(tensors(numbers(2)));
            sam.restore();
            assertSame(numbers(1), weights, "saved");
        }
    }

    /** One element carries most of the norm, which is where the equation for the weights is at its worst. */
    @ParameterizedTest
    @MethodSource(BACKENDS)
    void recomputedWeightsAreRightToTheRoundingOfThePerturbedOnes(String backend) {
        try (Basin basin = TestBackends.open(backend)) {
            for (SharpnessOptions options : OPTIONS) {
                for (float largest : new float[] {1, -1, 1e4f, -1e4f}) {
                    if (options.recomputed()) {
                        checkRecomputed(basin, options, largest);
                    }
                }
            }
        }
    }

    /**
     * Half a unit in the last place of the perturbed weight and of the restored one, and as much again for each operation between:
     * 8 of them; and where {@code T} depends on the weights {@code 1 / (1 - 2 rho) = 2} times that.
     */
    private static void checkRecomputed(Basin basin, SharpnessOptions options, float largest) {
        List<float[]> weights = numbers(1);
        List<float[]> gradients = numbers(2);
        gradients.getLast()[5] = largest;
        SharpnessAware sam = around(basin, weights, options);
        sam.perturb(tensors(gradients));
        List<float[]> perturbed = weights.stream().map(float[]::clone).toList();
        sam.restore();
        List<float[]> before = numbers(1);
        double moved = 0;
        for (int t = 0; t < before.size(); t++) {
            for (int i = 0; i < before.get(t).length; i++) {
                double w = before.get(t)[i];
                moved = Math.max(moved, Math.abs(w - perturbed.get(t)[i]));
                double size = Math.abs(w) + Math.abs(perturbed.get(t)[i]) + .01;
                assertEquals(w, weights.get(t)[i], 2 * 8 * 0x1p-24 * size, options + " with " + largest + ": " + t + ", " + i);
            }
        }
        assertTrue(moved > 1e-4, "nothing was perturbed");
    }

    private static SharpnessAware around(Basin basin, List<float[]> weights, SharpnessOptions options) {
        return SharpnessAware.over(basin, Sgd.over(basin, tensors(weights), Sgd.Options.defaults()), options);
    }
}
