package dev.basin.norm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.TestBackends;
import dev.basin.Tensor;
import dev.basin.norm.NormConversion.Change;
import dev.basin.norm.NormConversion.Result;
import dev.basin.norm.NormConversion.Step;
import dev.basin.norm.PreNormModel.Block;
import dev.basin.norm.PreNormModel.Linear;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The worked example of arXiv 2305.14858's catalogue page, and what conversion refuses and reports. */
class NormConversionTest {
    private static final double EXACT = 1e-12;
    private static final int WIDTH = 6;

    private final Random random = new Random(3);

    @Test
    void theWorkedExampleOfALinearThatReads() {
        Linear linear = new Linear(Tensor.of(new double[] {1, 2, 3, 4, .5, -1, 2, 1}, 2, 4), vector(.1, .2));
        NormParameters norm = new NormParameters(vector(1, 2, .5, 1), vector(.1, 0, -.2, .3));
        Linear folded = NormConversion.foldAffine(linear, norm);
        assertValues(folded.weight(), 1, 4, 1.5, 4, .5, -2, 1, 1);
        assertValues(folded.bias(), .8, .15);
        Linear compressed = NormConversion.compressInput(folded);
        assertValues(compressed.weight(), -3, 0, -2.5, -.5, -3, 0);
        assertValues(compressed.bias(), .8, .15);
        assertReads(new LayerNorm(), norm, linear, 1, 2, 4, 9);
        assertReads(new RmsNorm(), NormParameters.NONE, folded, -3, -2, 0, 5);
        assertReads(new CrmsNorm(), NormParameters.NONE, compressed, -3, -2, 0);
    }

    @Test
    void theWorkedExampleOfALinearThatWrites() {
        Linear linear = new Linear(Tensor.of(new double[] {1, 2, 3, -1, 2, 5}, 3, 2), vector(.1, .2, .6));
        Linear recentred = NormConversion.recenterOutput(linear);
        assertValues(recentred.weight(), -1, 0, 1, -3, 0, 3);
        assertValues(recentred.bias(), -.2, -.1, .3);
        Linear compressed = NormConversion.compressOutput(recentred);
        assertValues(compressed.weight(), -1, 0, 1, -3);
        assertValues(compressed.bias(), -.2, -.1);
    }

    @Test
    void floatWeightsAreRoundedOnce() {
        Linear linear = new Linear(floats(3, WIDTH), floats(3));
        NormParameters norm = new NormParameters(floats(WIDTH), floats(WIDTH));
        Linear converted = NormConversion.convertReader(linear, norm, NormKind.CRMS_NORM);
        assertEquals(DataType.F32, converted.weight().type());
        for (int output = 0; output < 3; output++) {
            double last = linear.weight().get(output * WIDTH + WIDTH - 1) * norm.gamma().get(WIDTH - 1);
            for (int i = 0; i < WIDTH - 1; i++) {
                double exact = linear.weight().get(output * WIDTH + i) * norm.gamma().get(i) - last;
                assertEquals((float) exact, converted.weight().get(output * (WIDTH - 1) + i));
            }
        }
    }

    @Test
    void rowsMayBeApartAndAreLeftAsTheyAre() {
        double[] apart = {1, 2, 7, 3, -1, 7, 2, 5, 7};
        Tensor weight = Tensor.of(apart, 3, 3).withRowStride(3);
        Tensor strided = Tensor.of(weight.memory(), DataType.F64, 3, 2).withRowStride(3);
        assertValues(NormConversion.recenterOutput(new Linear(strided, null)).weight(), -1, 0, 1, -3, 0, 3);
        assertArrayEquals(new double[] {1, 2, 7, 3, -1, 7, 2, 5, 7}, apart);
    }

    @Test
    void theReportTellsWhatBecameOfEachTensor() {
        PreNormModel model = model(norm(true), null);
        Result result = NormConversion.toPreCrmsNorm(model);
        Map<String, Change> changes = result.changes().stream().collect(Collectors.toMap(Change::name, change -> change));
        assertEquals(List.of(Step.RECENTERED, Step.COMPRESSED), changes.get("embeddings[0]").steps());
        assertEquals(List.of(Step.GAMMA_FOLDED, Step.COMPRESSED), changes.get("blocks[0].mlpIn[1].weight").steps());
        assertEquals(List.of(Step.BETA_FOLDED), changes.get("blocks[0].attentionIn[0].bias").steps());
        assertEquals(List.of(Step.ADDED, Step.BETA_FOLDED), changes.get("head.bias").steps());
        assertEquals(List.of(Step.REMOVED), changes.get("finalNorm.gamma").steps());
        assertEquals(4 - 1, changes.get("finalNorm.gamma").largestChange());
        changes.values().forEach(change -> assertTrue(
                model.tensors().containsKey(change.name()) != change.steps().contains(Step.ADDED)
                        && result.model().tensors().containsKey(change.name()) != change.steps().contains(Step.REMOVED),
                change.toString()));
        changes.values().stream().filter(change -> change.steps().getFirst() == Step.RECENTERED)
                .forEach(change -> assertEquals(largestMove(model, result.model(), change.name()), change.largestChange()));
        assertEquals(WIDTH - 1, result.model().width());
        assertEquals(NormKind.CRMS_NORM, result.model().kind());
    }

    @Test
    void throughPreRmsNormIsTheSameAsAtOnce() {
        PreNormModel model = model(norm(true), null);
        PreNormModel twice = NormConversion.toPreCrmsNorm(NormConversion.toPreRmsNorm(model).model()).model();
        Map<String, Tensor> once = NormConversion.toPreCrmsNorm(model).model().tensors();
        assertEquals(once.keySet(), twice.tensors().keySet());
        twice.tensors().forEach((name, tensor) -> {
            for (int i = 0; i < tensor.size(); i++) {
                assertEquals(once.get(name).get(i), tensor.get(i), EXACT, name);
            }
        });
    }

    @Test
    void aTieStaysWhereGammaIsConstant() {
        Tensor tied = doubles(7, WIDTH);
        NormParameters affine = new NormParameters(vector(2, 2, 2, 2, 2, 2), doubles(WIDTH));
        PreNormModel converted = NormConversion.toPreRmsNorm(model(affine, tied)).model();
        assertSame(converted.embeddings().getFirst(), converted.head().weight());
        assertValues(converted.finalNorm().gamma(), 2, 2, 2, 2, 2, 2);
        assertNull(converted.finalNorm().beta());
        double[] x = {1, 5, -2, 3, .5, 4.5};
        double[] centred = Arrays.stream(x).map(value -> value - 2).toArray();
        assertArrayEquals(read(new LayerNorm(), affine, new Linear(tied, null), x),
                read(new RmsNorm(), converted.finalNorm(), converted.head(), centred), EXACT);
    }

    @Test
    void aTieThatCannotStayIsRefusedWithTheReason() {
        Tensor tied = doubles(7, WIDTH);
        var refusal = assertThrows(IllegalArgumentException.class, () -> NormConversion.toPreRmsNorm(model(norm(true), tied)));
        assertTrue(refusal.getMessage().startsWith("head.weight is tied to embeddings[0], and finalNorm.gamma is not constant"),
                refusal.getMessage());
        refusal = assertThrows(IllegalArgumentException.class, () -> NormConversion.toPreCrmsNorm(model(norm(false), tied)));
        assertTrue(refusal.getMessage().contains("a compressed head is the embedding's first columns less its last one"),
                refusal.getMessage());
    }

    @Test
    void onlyAPreLnStreamOrOneOfZeroMeanIsConverted() {
        PreNormModel model = model(norm(true), null);
        PreNormModel foreign = new PreNormModel(NormKind.RMS_NORM, model.embeddings(), model.projections(), model.blocks(),
                model.finalNorm(), model.head());
        var refusal = assertThrows(IllegalArgumentException.class, () -> NormConversion.toPreCrmsNorm(foreign));
        assertTrue(refusal.getMessage().startsWith("embeddings[0] must have zero mean"), refusal.getMessage());
        assertThrows(IllegalArgumentException.class, () -> NormConversion.toPreRmsNorm(foreign));
        PreNormModel compressed = NormConversion.toPreCrmsNorm(model).model();
        assertThrows(IllegalArgumentException.class, () -> NormConversion.toPreCrmsNorm(compressed));
        assertThrows(IllegalArgumentException.class, () -> NormConversion.convert(model, NormKind.LAYER_NORM));
    }

    @Test
    void whatDoesNotFitIsRefused() {
        Linear narrow = new Linear(doubles(3, 1), null);
        assertThrows(IllegalArgumentException.class, () -> NormConversion.compressInput(narrow));
        assertThrows(IllegalArgumentException.class, () -> NormConversion.compressOutput(new Linear(doubles(1, 3), null)));
        assertThrows(IllegalArgumentException.class, () -> new Linear(doubles(3, 2), doubles(2)));
        Linear linear = new Linear(doubles(3, 4), null);
        NormParameters wrong = new NormParameters(doubles(5), null);
        assertThrows(IllegalArgumentException.class, () -> NormConversion.foldAffine(linear, wrong));
        Tensor half = Tensor.allocate(Arena.ofAuto(), DataType.BF16, 3, 4);
        var refusal = assertThrows(IllegalArgumentException.class, () -> NormConversion.recenterOutput(new Linear(half, null)));
        assertTrue(refusal.getMessage().startsWith("weight must be f32 or f64"), refusal.getMessage());
        assertThrows(IllegalArgumentException.class,
                () -> new PreNormModel(NormKind.LAYER_NORM, List.of(doubles(7, 5)), List.of(), List.of(), NormParameters.NONE, linear));
    }

    private PreNormModel model(NormParameters finalNorm, @Nullable Tensor tied) {
        Block block = new Block(
                norm(true), List.of(linear(9, WIDTH)), linear(WIDTH, 3),
                norm(true), List.of(linear(8, WIDTH), linear(8, WIDTH)), linear(WIDTH, 8));
        Tensor tokens = tied == null ? doubles(7, WIDTH) : tied;
        Tensor head = tied == null ? doubles(7, WIDTH) : tied;
        return new PreNormModel(NormKind.LAYER_NORM, List.of(tokens, doubles(5, WIDTH)), List.of(linear(WIDTH, 4)),
                List.of(block), finalNorm, new Linear(head, null));
    }

    private NormParameters norm(boolean affine) {
        return affine ? new NormParameters(vector(4, 1, 2, 1.5, 1, .5), doubles(WIDTH)) : NormParameters.NONE;
    }

    private Linear linear(int outputs, int inputs) {
        return new Linear(doubles(outputs, inputs), doubles(outputs));
    }

    private Tensor doubles(long... shape) {
        double[] values = random.doubles(Arrays.stream(shape).reduce(1, (a, b) -> a * b), -1, 1).toArray();
        return Tensor.of(values, shape);
    }

    private Tensor floats(long... shape) {
        Tensor exact = doubles(shape);
        Tensor rounded = Tensor.of(new float[(int) exact.size()], shape);
        for (int i = 0; i < exact.size(); i++) {
            rounded.set(i, exact.get(i));
        }
        return rounded;
    }

    private static Tensor vector(double... values) {
        return Tensor.of(values, values.length);
    }

    private static double largestMove(PreNormModel before, PreNormModel after, String name) {
        Tensor old = before.tensors().get(name);
        Tensor changed = after.tensors().get(name);
        double largest = 0;
        for (long i = 0; i < changed.size(); i++) {
            double was = old.get(i / changed.columns() * old.columns() + i % changed.columns());
            largest = Math.max(largest, Math.abs(changed.get(i) - was));
        }
        return largest;
    }

    private static void assertReads(RowNorm<?> norm, NormParameters parameters, Linear linear, double... x) {
        assertArrayEquals(new double[] {3.7199840435, 2.5833200363}, read(norm, parameters, linear, x), 1e-10, norm.toString());
    }

    private static double[] read(RowNorm<?> norm, NormParameters parameters, Linear linear, double[] x) {
        Tensor normed = Tensor.of(new double[x.length], 1, x.length);
        try (Basin reference = TestBackends.reference()) {
            norm.forward(reference, Tensor.of(x, 1, x.length), parameters, normed);
        }
        double[] y = new double[(int) linear.outputs()];
        for (int output = 0; output < y.length; output++) {
            y[output] = linear.bias() == null ? 0 : linear.bias().get(output);
            for (int i = 0; i < x.length; i++) {
                y[output] += linear.weight().get((long) output * x.length + i) * normed.get(i);
            }
        }
        return y;
    }

    private static void assertValues(@Nullable Tensor tensor, double... expected) {
        assertEquals(expected.length, tensor.size());
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], tensor.get(i), EXACT, "element " + i);
        }
    }
}
