package dev.basin.demo.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.Candidate;
import dev.basin.Tensor;
import dev.basin.norm.NormConversion;
import dev.basin.norm.NormKind;
import dev.basin.norm.PreNormModel;
import dev.basin.optim.AdamW;
import dev.basin.optim.Optimizer;
import dev.basin.optim.Parameter;
import dev.basin.optim.Sgd;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What arXiv 2305.14858 claims of Pre-LN networks and their conversions, on a small decoder. */
class NormEquivalenceTest {
    private static final DecoderShape SHAPE = new DecoderShape(17, 9, 16, 4, 3, 40);
    private static final int SEQUENCES = 3;
    private static final int STEPS = 60;

    private final Basin reference = Basin.open(Basin.Options.defaults().backend("reference"));

    @AfterEach
    void close() {
        reference.close();
    }

    static LongStream seeds() {
        return LongStream.of(1, 2, 3);
    }

    static Stream<String> backends() {
        return Basin.probe().stream().filter(Candidate::available).map(Candidate::backend);
    }

    /** Claim 1, for the logits. */
    @ParameterizedTest
    @MethodSource("seeds")
    void theLogitsAgreeInDouble(long seed) {
        Random random = new Random(seed);
        PreNormModel weights = SHAPE.randomWeights(random);
        int[] ids = tokens(random);
        double[] expected = logits(weights, ids);
        assertArrayEquals(expected, logits(NormConversion.toPreRmsNorm(weights).model(), ids), 1e-10);
        assertArrayEquals(expected, logits(NormConversion.toPreCrmsNorm(weights).model(), ids), 1e-10);
    }

    /** Claim 1, for the gradients by all original weights. */
    @ParameterizedTest
    @MethodSource("seeds")
    void theGradientsAgreeInDouble(long seed) {
        Random random = new Random(seed);
        PreNormModel weights = SHAPE.randomWeights(random);
        int[] ids = tokens(random);
        int[] successors = tokens(random);
        Map<String, Tensor> expected = gradient(weights, NormKind.LAYER_NORM, ids, successors);
        for (NormKind kind : List.of(NormKind.RMS_NORM, NormKind.CRMS_NORM)) {
            Map<String, Tensor> actual = gradient(weights, kind, ids, successors);
            assertEquals(expected.keySet(), actual.keySet());
            expected.forEach((name, gradient) -> assertArrayEquals(
                    Doubles.of(gradient), Doubles.of(actual.get(name)), 1e-10, kind + " " + name));
        }
    }

    /** What the claims rest on: the decoder's gradients are the derivatives of its loss, whatever norm it runs with. */
    @ParameterizedTest
    @EnumSource(NormKind.class)
    void gradientsAgreeWithCentralDifferences(NormKind kind) {
        Random random = new Random(5);
        PreNormModel weights = SHAPE.randomWeights(random);
        int[] ids = tokens(random);
        int[] successors = tokens(random);
        Map<String, Tensor> gradients = gradient(weights, kind, ids, successors);
        DecoderTraining network = training(weights, kind, this::sgd);
        double step = 1e-5;
        weights.tensors().forEach((name, tensor) -> {
            int index = random.nextInt((int) tensor.size());
            double value = tensor.get(index);
            tensor.set(index, value + step);
            double above = network.gradient(ids, successors, SHAPE.context()).loss();
            tensor.set(index, value - step);
            double below = network.gradient(ids, successors, SHAPE.context()).loss();
            tensor.set(index, value);
            assertEquals((above - below) / (2 * step), gradients.get(name).get(index), 1e-9, kind + " " + name);
        });
    }

    /** Claim 2, with weights converted in f32 and norms by the kernels of each backend. */
    @ParameterizedTest
    @MethodSource("backends")
    void theLogitsAgreeInFloatThroughTheKernels(String backend) {
        DecoderShape deeper = new DecoderShape(17, 9, 16, 4, 6, 40);
        try (Basin basin = Basin.open(Basin.Options.defaults().backend(backend))) {
            for (long seed : seeds().toArray()) {
                Random random = new Random(seed);
                PreNormModel weights = Weights.rounded(deeper.randomWeights(random));
                int[] ids = tokens(random);
                float[] expected = floatLogits(basin, weights, ids);
                float[] rms = floatLogits(basin, NormConversion.toPreRmsNorm(weights).model(), ids);
                float[] crms = floatLogits(basin, NormConversion.toPreCrmsNorm(weights).model(), ids);
                assertArrayEquals(expected, rms, 2e-5f);
                assertArrayEquals(expected, crms, 2e-5f);
            }
        }
    }

    /** Claim 3: the agreement is not a matter of course. */
    @ParameterizedTest
    @MethodSource("seeds")
    void withoutRecentringTheLogitsDiffer(long seed) {
        Random random = new Random(seed);
        PreNormModel weights = SHAPE.randomWeights(random);
        int[] ids = tokens(random);
        double[] expected = logits(weights, ids);
        double[] actual = logits(Weights.foldedButNotRecentred(weights), ids);
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(actual[i] - expected[i]));
        }
        assertTrue(largest > 0.1, "the largest difference is " + largest);
    }

    /** Claim 4, with AdamW. */
    @ParameterizedTest
    @MethodSource("seeds")
    void adamwTrainsTheThreeAsOne(long seed) {
        assertTrainAlike(seed, this::adamw, 3e-3);
    }

    /** Claim 4, with SGD and momentum. */
    @ParameterizedTest
    @MethodSource("seeds")
    void sgdTrainsTheThreeAsOne(long seed) {
        assertTrainAlike(seed, this::sgd, 0.05);
    }

    /** Claim 5: after a conversion once and for all, training moves the weights away from zero mean. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void withoutRecentringInTheGraphTheMeansDrift(long seed) {
        Random random = new Random(seed);
        PreNormModel converted = NormConversion.toPreRmsNorm(SHAPE.randomWeights(random)).model();
        int[] ids = tokens(random);
        int[] successors = tokens(random);
        assertTrue(largestMean(converted) < 1e-15);
        DecoderTraining training = training(converted, NormKind.RMS_NORM, this::adamw);
        for (int step = 0; step < STEPS; step++) {
            training.step(ids, successors, SHAPE.context(), 3e-3);
        }
        assertTrue(largestMean(converted) > 5e-3, "the largest mean is " + largestMean(converted));
    }

    private void assertTrainAlike(
            long seed, Function<List<Parameter>, Optimizer<?>> optimizer, double learningRate) {
        PreNormModel start = SHAPE.randomWeights(new Random(seed));
        double[] expected = losses(start, NormKind.LAYER_NORM, optimizer, seed, learningRate);
        assertTrue(mean(expected, 0, 10) - mean(expected, STEPS - 10, STEPS) > 0.3, "losses " + Arrays.toString(expected));
        for (NormKind kind : List.of(NormKind.RMS_NORM, NormKind.CRMS_NORM)) {
            double[] actual = losses(start, kind, optimizer, seed, learningRate);
            assertArrayEquals(expected, actual, 1e-9, kind.name());
        }
    }

    private double[] losses(
            PreNormModel start, NormKind kind, Function<List<Parameter>, Optimizer<?>> optimizer, long seed, double learningRate) {
        Random random = new Random(seed);
        DecoderTraining training = training(Weights.copy(start), kind, optimizer);
        double[] losses = new double[STEPS];
        for (int step = 0; step < STEPS; step++) {
            Batch batch = Batch.counting(random);
            losses[step] = training.step(batch.ids(), batch.successors(), SHAPE.context(), learningRate);
        }
        return losses;
    }

    /** Something to learn: sequences that count up in steps of one, two or three. */
    private record Batch(int[] ids, int[] successors) {
        static Batch counting(Random random) {
            int[] ids = new int[SEQUENCES * SHAPE.context()];
            int[] successors = new int[ids.length];
            for (int first = 0; first < ids.length; first += SHAPE.context()) {
                int start = random.nextInt(SHAPE.vocabulary());
                int stride = random.nextInt(1, 4);
                for (int i = 0; i < SHAPE.context(); i++) {
                    ids[first + i] = (start + i * stride) % SHAPE.vocabulary();
                    successors[first + i] = (start + (i + 1) * stride) % SHAPE.vocabulary();
                }
            }
            return new Batch(ids, successors);
        }
    }

    private static double mean(double[] values, int begin, int end) {
        return Arrays.stream(values, begin, end).average().orElseThrow();
    }

    private DecoderTraining training(PreNormModel weights, NormKind kind, Function<List<Parameter>, Optimizer<?>> optimizer) {
        return new DecoderTraining(reference, weights, kind, SHAPE.heads(), optimizer);
    }

    private Optimizer<?> adamw(List<Parameter> parameters) {
        return AdamW.over(reference, DecoderTraining.group(parameters, AdamW.Options.defaults().weightDecay(0.01)));
    }

    private Optimizer<?> sgd(List<Parameter> parameters) {
        return Sgd.over(reference, DecoderTraining.group(parameters, Sgd.Options.defaults().momentum(0.9)));
    }

    private Map<String, Tensor> gradient(PreNormModel weights, NormKind kind, int[] ids, int[] successors) {
        return training(weights, kind, this::sgd).gradient(ids, successors, SHAPE.context()).weights().tensors();
    }

    private double[] logits(PreNormModel weights, int[] ids) {
        return new Decoder(reference, weights, SHAPE.heads(), SHAPE.context()).forward(ids);
    }

    private static float[] floatLogits(Basin basin, PreNormModel weights, int[] ids) {
        return new FloatDecoder(basin, weights, SHAPE.heads(), SHAPE.context()).forward(ids);
    }

    private static double difference(float[] a, float[] b) {
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            largest = Math.max(largest, Math.abs(a[i] - b[i]));
        }
        return largest;
    }

    /** The largest mean of a column of the first block's attention output. */
    private static double largestMean(PreNormModel model) {
        Tensor weight = model.blocks().getFirst().attentionOut().weight();
        double[] sums = Doubles.sumOfRows(Doubles.of(weight), (int) weight.columns());
        double largest = 0;
        for (double sum : sums) {
            largest = Math.max(largest, Math.abs(sum / weight.rows()));
        }
        return largest;
    }

    private static int[] tokens(Random random) {
        return random.ints((long) SEQUENCES * SHAPE.context(), 0, SHAPE.vocabulary()).toArray();
    }
}
