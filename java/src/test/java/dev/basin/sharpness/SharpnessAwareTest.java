package dev.basin.sharpness;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.TestBackends;
import dev.basin.optim.AdamW;
import dev.basin.optim.Gradients;
import dev.basin.optim.Sgd;
import java.lang.foreign.Arena;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a trainer relies on: order of calls, refusals, and gradients that have no direction. */
class SharpnessAwareTest {
    private static final String BACKENDS = "dev.basin.TestBackends#names";

    private final float[] w = {1, -0f, -2.5f, 0};
    private final float[] bias = {.5f};
    private final float[] before = w.clone();

    private Sgd sgd(Basin basin) {
        return Sgd.over(basin, List.of(Tensor.of(w), Tensor.of(bias)), Sgd.Options.defaults().momentum(.9));
    }

    private static List<Tensor> gradients(float first, float ofBias) {
        return List.of(Tensor.of(new float[] {first, -1, 2, .5f}), Tensor.of(new float[] {ofBias}));
    }

    private void assertUntouched() {
        assertArrayEquals(before, w);
        assertArrayEquals(new float[] {.5f}, bias);
    }

    @ParameterizedTest
    @MethodSource(BACKENDS)
    void callsOutOfOrderAreRefusedAndChangeNothing(String backend) {
        try (Basin basin = TestBackends.open(backend)) {
            Sgd sgd = sgd(basin);
            SharpnessAware sam = SharpnessAware.over(basin, sgd, SharpnessOptions.sam());
            assertThrows(IllegalStateException.class, () -> sam.step(gradients(1, 1), .1));
            assertThrows(IllegalStateException.class, sam::restore);
            assertUntouched();
            sam.perturb(gradients(1, 1));
            float[] perturbed = w.clone();
            assertThrows(IllegalStateException.class, () -> sam.perturb(gradients(1, 1)));
            assertArrayEquals(perturbed, w);
            assertTrue(sam.isPerturbed());
            sam.restore();
            assertUntouched();
            assertEquals(0, sgd.steps());
        }
    }

    @ParameterizedTest
    @MethodSource(BACKENDS)
    void aRefusedTensorAmongManyLeavesAllUntouched(String backend) {
        try (Basin basin = TestBackends.open(backend)) {
            for (boolean recomputed : new boolean[] {false, true}) {
                for (boolean fused : new boolean[] {false, true}) {
                    List<Tensor> parameters = List.of(Tensor.of(w), Tensor.of(bias));
                    var optimizer = fused ? sgd(basin) : AdamW.over(basin, parameters, AdamW.Options.defaults());
                    SharpnessAware sam =
                            SharpnessAware.over(basin, optimizer, SharpnessOptions.sam().recomputed(recomputed));
                    for (List<Tensor> wrong : wrongGradients()) {
                        assertThrows(IllegalArgumentException.class, () -> sam.perturb(wrong));
                        assertFalse(sam.isPerturbed());
                        assertUntouched();
                    }
                    sam.perturb(gradients(1, 1));
                    float[] perturbed = w.clone();
                    for (List<Tensor> wrong : wrongGradients()) {
                        assertThrows(IllegalArgumentException.class, () -> sam.step(wrong, .1));
                        assertTrue(sam.isPerturbed());
                        assertArrayEquals(perturbed, w);
                    }
                    assertThrows(IllegalArgumentException.class, () -> sam.step(gradients(1, 1), Double.NaN));
                    assertArrayEquals(perturbed, w);
                    assertEquals(0, optimizer.steps());
                    sam.restore();
                    System.arraycopy(before, 0, w, 0, w.length);
                    bias[0] = .5f;
                }
            }
        }
    }

    /** Wrong in the last tensor, so that a loop which checks as it goes has moved the first. */
    private List<List<Tensor>> wrongGradients() {
        Tensor right = gradients(1, 1).getFirst();
        Arena closed = Arena.ofShared();
        Tensor dead = Tensor.allocate(closed, dev.basin.DataType.F32, 1);
        closed.close();
        return List.of(
                List.of(right),
                List.of(right, Tensor.of(new float[2])),
                List.of(right, Tensor.of(bias)),
                List.of(right, dead));
    }

    @ParameterizedTest
    @MethodSource(BACKENDS)
    void aGradientWithoutADirectionLeavesTheWeightsTheirBits(String backend) {
        try (Basin basin = TestBackends.open(backend)) {
            for (SharpnessOptions options : allOptions()) {
                SharpnessAware sam = SharpnessAware.over(basin, sgd(basin), options);
                for (float broken : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                    SharpnessAware.Result result = sam.perturb(gradients(1, broken));
                    assertFalse(result.isFinite());
                    assertFalse(Double.isFinite(result.norm()));
                    assertUntouched();
                    sam.restore();
                    assertUntouched();
                }
                SharpnessAware.Result result = sam.perturb(List.of(Tensor.of(new float[4]), Tensor.of(new float[1])));
                assertEquals(new SharpnessAware.Result(0, true), result);
                assertUntouched();
                sam.step(List.of(Tensor.of(new float[4]), Tensor.of(new float[1])), .1);
                assertUntouched();
            }
        }
    }

    @ParameterizedTest
    @MethodSource(BACKENDS)
    void aRadiusOfZeroLeavesTheWeightsTheirBits(String backend) {
        try (Basin basin = TestBackends.open(backend)) {
            for (SharpnessOptions options : allOptions()) {
                SharpnessAware sam = SharpnessAware.over(basin, sgd(basin), options.rho(0));
                assertTrue(sam.perturb(gradients(3, 4)).norm() > 0);
                assertUntouched();
                sam.restore();
                assertUntouched();
            }
        }
    }

    @ParameterizedTest
    @MethodSource(BACKENDS)
    void largeGradientsDoNotOverflow(String backend) {
        for (float size : new float[] {1e19f, 1e30f, Float.MAX_VALUE / 4}) {
            int count = 4000; // a norm 63 times the gradient: beyond f32 for the last
            float[] weights = new float[count];
            float[] gradient = new float[count];
            java.util.Arrays.fill(weights, 1);
            java.util.Arrays.fill(gradient, size);
            try (Basin basin = TestBackends.open(backend)) {
                Sgd sgd = Sgd.over(basin, List.of(Tensor.of(weights)), Sgd.Options.defaults());
                SharpnessAware sam = SharpnessAware.over(basin, sgd, SharpnessOptions.sam().rho(.5));
                SharpnessAware.Result result = sam.perturb(List.of(Tensor.of(gradient)));
                assertEquals(1, result.norm() / (size * Math.sqrt(count)), 1e-6);
                for (float weight : weights) {
                    assertEquals(1 + .5 / Math.sqrt(count), weight, 2e-7);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource(BACKENDS)
    void theDirectionIsThatOfScaledGradients(String backend) {
        try (Basin basin = TestBackends.open(backend)) {
            float[] halves = {1, 2};
            float[] wholes = {1, 2};
            float[] factor = {.25f};
            Gradients scaled = new Gradients(List.of(Tensor.of(new float[] {24, 32})), -.5, Tensor.of(factor));
            var options = SharpnessOptions.sam().recomputed(true);
            SharpnessAware one = SharpnessAware.over(basin, Sgd.over(basin, List.of(Tensor.of(halves)), Sgd.Options.defaults()), options);
            SharpnessAware other = SharpnessAware.over(basin, Sgd.over(basin, List.of(Tensor.of(wholes)), Sgd.Options.defaults()), options);
            assertEquals(5, one.perturb(scaled).norm());
            other.perturb(List.of(Tensor.of(new float[] {-3, -4})));
            assertArrayEquals(wholes, halves);
            factor[0] = 77; // as it was when the weights were perturbed
            one.restore();
            assertArrayEquals(new float[] {1, 2}, halves, 1e-7f);
        }
    }

    @Test
    void weightsAreNotRecomputedFromGradientsThatTheStepHasOverwritten() {
        try (Basin basin = TestBackends.open("java")) {
            SharpnessAware sam = SharpnessAware.over(basin, sgd(basin), SharpnessOptions.sam().recomputed(true));
            List<Tensor> gradients = gradients(1, 1);
            sam.perturb(gradients);
            var refusal = assertThrows(IllegalArgumentException.class, () -> sam.step(gradients, .1));
            assertTrue(refusal.getMessage().contains("recomputed"), refusal.getMessage());
            assertTrue(sam.savedWeights().isEmpty());
        }
    }

    @ParameterizedTest
    @MethodSource(BACKENDS)
    void theSavedWeightsAreThere(String backend) {
        try (Basin basin = TestBackends.open(backend)) {
            SharpnessAware sam = SharpnessAware.over(basin, sgd(basin), SharpnessOptions.sam());
            sam.perturb(gradients(1, 1));
            for (int i = 0; i < w.length; i++) {
                assertEquals(before[i], (float) sam.savedWeights().getFirst().get(i));
            }
            assertEquals(.5, sam.savedWeights().getLast().get(0));
        }
    }

    @Test
    void wrongHyperParametersAreRefusedWhenTheyAreSet() {
        assertThrows(IllegalArgumentException.class, () -> SharpnessOptions.sam().rho(-1e-9));
        assertThrows(IllegalArgumentException.class, () -> SharpnessOptions.sam().rho(Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> SharpnessOptions.asam().eta(-1));
        assertThrows(IllegalArgumentException.class, () -> SharpnessOptions.asam().recomputed(true));
        assertEquals(.25, SharpnessOptions.asam().rho(.25).recomputed(true).rho());
        try (Basin basin = TestBackends.open("java")) {
            Sgd nothing = Sgd.over(basin, List.of(), Sgd.Options.defaults());
            assertThrows(IllegalArgumentException.class, () -> SharpnessAware.over(basin, nothing, SharpnessOptions.sam()));
        }
    }

    private static List<SharpnessOptions> allOptions() {
        return List.of(SharpnessOptions.sam(), SharpnessOptions.asam(), SharpnessOptions.abs(),
                SharpnessOptions.sam().recomputed(true), SharpnessOptions.asam().rho(.2).recomputed(true));
    }
}
