package dev.basin.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.TestBackends;
import dev.basin.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Adafactor's worked example, its claims, and what its page says of hard cases. */
class AdafactorTest {
    private static final double EXACT = 1e-11;
    private static final Adafactor.Options PLAIN =
            Adafactor.Options.defaults().relativeStep(false).scaleParameter(false);

    @Test
    void theWorkedExample() {
        try (Basin reference = TestBackends.reference()) {
            Tensor weights = Tensor.of(new double[] {1, -.5, 2, .1}, 2, 2);
            Adafactor adafactor = Adafactor.over(reference, List.of(weights), Adafactor.Options.defaults().beta1(.9).weightDecay(.1));
            adafactor.step(List.of(Tensor.of(new double[] {.1, -.2, 0, .4}, 2, 2)), 0);
            adafactor.step(List.of(Tensor.of(new double[] {.3, .1, -.2, 0}, 2, 2)), 0);
            assertValues(weights, .992297466014, -.497795242811, 1.996532262906, .097962667811);
            assertValues(state(adafactor, "row_moment"), .039358729437, .045539049350);
            assertValues(state(adafactor, "column_moment"), .039460950650, .045436828138);
            assertValues(state(adafactor, "momentum"), .003509779527, -.000208803019, -.001112888342, .000857080047);
        }
    }

    /** Claim 2 of the page. */
    @Test
    void stateIsOneNumberForLionTwoForAdamWAndRowsPlusColumnsForAdafactor() {
        try (Basin basin = TestBackends.open("java")) {
            List<Tensor> matrix = List.of(Tensor.of(new float[30 * 70], 30, 70));
            assertEquals(30 * 70, numbers(Lion.over(basin, matrix, Lion.Options.defaults())));
            assertEquals(2 * 30 * 70, numbers(AdamW.over(basin, matrix, AdamW.Options.defaults())));
            assertEquals(30 + 70, numbers(Adafactor.over(basin, matrix, Adafactor.Options.defaults())));
            assertEquals(30 + 70 + 30 * 70, numbers(Adafactor.over(basin, matrix, Adafactor.Options.defaults().beta1(.9))));
            List<Tensor> stack = List.of(Tensor.of(new float[30 * 70], 5, 6, 70));
            assertEquals(5 * (6 + 70), numbers(Adafactor.over(basin, stack, Adafactor.Options.defaults())));
            List<Tensor> vector = List.of(Tensor.of(new float[70]));
            assertEquals(70, numbers(Adafactor.over(basin, vector, Adafactor.Options.defaults())));
        }
    }

    private static long numbers(Optimizer<?> optimizer) {
        return optimizer.state().values().stream().flatMap(List::stream).mapToLong(Tensor::size).sum();
    }

    /** Against the page's lines written out, over shapes that fall into one and into many blocks. */
    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void tensorsOfEveryRankAgreeWithTheDefinition(String backend) {
        long[][] shapes = {{}, {1}, {70_001}, {1, 1}, {1, 17}, {17, 1}, {130, 1025}, {70_001, 1}, {2, 3, 5}, {3, 70, 1100}, {2, 3, 4, 5}, {4, 1, 1}};
        try (Basin basin = TestBackends.open(backend)) {
            for (long[] shape : shapes) {
                Random random = new Random(shape.length);
                Tensor weights = random(random, 1, shape);
                AdafactorByHand byHand = new AdafactorByHand(weights);
                Adafactor adafactor = Adafactor.over(basin, List.of(weights), Adafactor.Options.defaults().weightDecay(.1));
                for (int step = 1; step <= 3; step++) {
                    Tensor gradient = random(random, 2, shape);
                    adafactor.step(List.of(gradient), 0);
                    byHand.step(gradient, step, .1);
                }
                for (int i = 0; i < weights.size(); i++) {
                    double expected = byHand.weights()[i];
                    assertEquals(expected, weights.get(i), 1e-5 * Math.max(1, Math.abs(expected)), Arrays.toString(shape) + " at " + i);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void rowsAndColumnsOfZerosStandStill(String backend) {
        try (Basin basin = TestBackends.open(backend)) {
            float[] w = {1, 2, 3, 4, 5, 6};
            Adafactor.over(basin, List.of(Tensor.of(w, 2, 3)), PLAIN)
                    .step(List.of(Tensor.of(new float[] {0, 0, 0, 0, 2, -2}, 2, 3)), .1);
            assertArrayEquals(new float[] {1, 2, 3, 4}, Arrays.copyOf(w, 4));
            assertEquals(4.9, w[4], 1e-6);
            assertEquals(6.1, w[5], 1e-6);
            float[] still = {1, 2};
            Adafactor.over(basin, List.of(Tensor.of(still, 1, 2)), PLAIN).step(List.of(Tensor.of(new float[2], 1, 2)), .1);
            assertArrayEquals(new float[] {1, 2}, still);
        }
    }

    /** 1e-14 squared is 1e-28 and the product of a row's and a column's 1e-56, which f32 cannot hold. */
    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void momentsWhoseProductUnderflowsGiveTheUpdateOfLargeOnes(String backend) {
        try (Basin basin = TestBackends.open(backend)) {
            Random random = new Random(5);
            Tensor gradient = random(random, 1, 9, 33);
            Tensor tiny = Tensor.of(new float[9 * 33], 9, 33);
            for (int i = 0; i < gradient.size(); i++) {
                tiny.set(i, 1e-13 * gradient.get(i));
            }
            Tensor moved = Tensor.of(new float[9 * 33], 9, 33);
            Tensor movedByTiny = Tensor.of(new float[9 * 33], 9, 33);
            Adafactor.over(basin, List.of(moved), PLAIN).step(List.of(gradient), 1);
            Adafactor.over(basin, List.of(movedByTiny), PLAIN).step(List.of(tiny), 1);
            for (int i = 0; i < moved.size(); i++) {
                assertEquals(moved.get(i), movedByTiny.get(i), 1e-3 * Math.max(.01, Math.abs(moved.get(i))));
                assertTrue(moved.get(i) != 0);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void aNanGradientSpoilsItsWholeParameterAndNoOther(String backend) {
        try (Basin basin = TestBackends.open(backend)) {
            for (float broken : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
                List<Tensor> weights = List.of(Tensor.of(new float[6], 2, 3), Tensor.of(new float[5]), Tensor.of(new float[4], 2, 2));
                List<Tensor> gradients = List.of(
                        Tensor.of(new float[] {1, 2, broken, 4, 5, 6}, 2, 3), Tensor.of(new float[] {1, broken, 3, 4, 5}),
                        Tensor.of(new float[] {1, 2, 3, 4}, 2, 2));
                Adafactor.over(basin, weights, Adafactor.Options.defaults()).step(gradients, 0);
                for (int i = 0; i < weights.size(); i++) {
                    for (int j = 0; j < weights.get(i).size(); j++) {
                        assertEquals(i < 2, Double.isNaN(weights.get(i).get(j)), "tensor " + i + " element " + j);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void aRefusedStepChangesNeitherWeightsNorState(String backend) {
        try (Basin basin = TestBackends.open(backend)) {
            float[] w = {1, 2, 3, 4};
            Adafactor adafactor = Adafactor.over(basin, List.of(Tensor.of(w, 2, 2)), Adafactor.Options.defaults());
            assertThrows(IllegalArgumentException.class, () -> adafactor.step(List.of(Tensor.of(w, 2, 2)), .1));
            assertArrayEquals(new float[] {1, 2, 3, 4}, w);
            assertValues(state(adafactor, "row_moment"), 0, 0);
            assertValues(state(adafactor, "column_moment"), 0, 0);
            assertEquals(0, adafactor.steps());
        }
    }

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void scaleAndFactorMultiplyTheGradient(String backend) {
        try (Basin basin = TestBackends.open(backend)) {
            Adafactor.Options options = PLAIN.epsilon1(1);
            Gradients scaled = Gradients.of(List.of(Tensor.of(new float[] {4, -8}, 1, 2), Tensor.of(new float[] {4, -8})))
                    .scale(.25).factor(Tensor.of(new float[] {.5f}));
            List<Tensor> plain = List.of(Tensor.of(new float[] {.5f, -1}, 1, 2), Tensor.of(new float[] {.5f, -1}));
            List<Tensor> one = List.of(Tensor.of(new float[2], 1, 2), Tensor.of(new float[2]));
            List<Tensor> other = List.of(Tensor.of(new float[2], 1, 2), Tensor.of(new float[2]));
            Adafactor.over(basin, one, options).step(scaled, 1);
            Adafactor.over(basin, other, options).step(plain, 1);
            for (int i = 0; i < 4; i++) {
                assertEquals(other.get(i / 2).get(i % 2), one.get(i / 2).get(i % 2), 1e-6);
                assertTrue(one.get(i / 2).get(i % 2) != 0);
            }
        }
    }

    @Test
    void emptyTensorsAndWrongHyperParameters() {
        try (Basin basin = TestBackends.open("java")) {
            List<Tensor> empty = List.of(Tensor.of(new float[0]), Tensor.of(new float[0], 0, 3), Tensor.of(new float[0], 2, 0),
                    Tensor.of(new float[0], 2, 0, 3));
            Adafactor.over(basin, empty, Adafactor.Options.defaults()).step(empty, 0);
        }
        Adafactor.Options options = Adafactor.Options.defaults();
        assertThrows(IllegalArgumentException.class, () -> options.clip(0));
        assertThrows(IllegalArgumentException.class, () -> options.epsilon1(0));
        assertThrows(IllegalArgumentException.class, () -> options.epsilon2(-1));
        assertThrows(IllegalArgumentException.class, () -> options.decayRate(.1));
        assertThrows(IllegalArgumentException.class, () -> options.beta1(1));
        assertThrows(IllegalArgumentException.class, () -> options.weightDecay(Double.NaN));
    }

    private static Tensor state(Adafactor adafactor, String kind) {
        return adafactor.state().get(kind).getFirst();
    }

    private static Tensor random(Random random, double deviation, long... shape) {
        float[] values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return Tensor.of(values, shape);
    }

    private static void assertValues(Tensor tensor, double... expected) {
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], tensor.get(i), EXACT, "element " + i + " of " + tensor);
        }
    }
}
