package dev.basin.demo.decoder;

import dev.basin.Basin;
import dev.basin.norm.NormConversion;
import dev.basin.norm.NormConversion.Result;
import dev.basin.norm.NormKind;
import dev.basin.norm.PreNormModel;
import dev.basin.optim.AdamW;
import java.util.Random;

/** Trains a Pre-LN decoder on a little text, converts its weights, and measures how far the outputs are apart. */
public final class ConversionDemo {
    private static final int CONTEXT = 24;
    private static final int SEQUENCES = 8;
    private static final double LEARNING_RATE = 1e-2;
    private static final int AVERAGED = 10;

    private final Genesis text = Genesis.load();
    private final DecoderShape shape = new DecoderShape(text.vocabulary(), CONTEXT, 16, 4, 3, 40);
    private final Basin reference;
    private final PreNormModel weights;
    private final Random random;

    /** @param reference a Basin on the {@code reference} backend, which trains in double */
    public ConversionDemo(Basin reference, long seed) {
        this.reference = reference;
        this.random = new Random(seed);
        this.weights = shape.randomWeights(random);
    }

    /**
     * Mean losses.
     *
     * @param first of the first steps
     * @param last of the last steps
     */
    public record Losses(double first, double last) {}

    /**
     * The largest differences of logits from those of the Pre-LN network in the same arithmetic.
     *
     * @param notRecentred of the network that is Pre-RMSNorm without being recentred, which shows that recentring matters
     */
    public record Differences(double preRmsNorm, double preCrmsNorm, double notRecentred) {
        /** The larger one of the two conversions. */
        public double ofConversions() {
            return Math.max(preRmsNorm, preCrmsNorm);
        }
    }

    public DecoderShape shape() {
        return shape;
    }

    /** Trains for so many steps, at least 10. */
    public Losses train(int steps) {
        DecoderTraining training = new DecoderTraining(reference, weights, NormKind.LAYER_NORM, shape.heads(),
                parameters -> AdamW.over(reference, DecoderTraining.group(parameters, AdamW.Options.defaults())));
        double first = 0;
        double last = 0;
        for (int step = 0; step < steps; step++) {
            Genesis.Batch batch = text.batch(random, SEQUENCES, CONTEXT);
            double loss = training.step(batch.ids(), batch.successors(), CONTEXT, LEARNING_RATE * (1 - (double) step / steps));
            first += step < AVERAGED ? loss / AVERAGED : 0;
            last += step >= steps - AVERAGED ? loss / AVERAGED : 0;
        }
        return new Losses(first, last);
    }

    /** What a conversion changes. */
    public Result converted(NormKind target) {
        return NormConversion.convert(weights, target);
    }

    /** In double. */
    public Differences differences() {
        int[] ids = passages();
        double[] expected = logits(weights, ids);
        return new Differences(
                largest(expected, logits(converted(NormKind.RMS_NORM).model(), ids)),
                largest(expected, logits(converted(NormKind.CRMS_NORM).model(), ids)),
                largest(expected, logits(Weights.foldedButNotRecentred(weights), ids)));
    }

    /** In float, with weights converted in float, through the kernels of a backend. */
    public Differences differences(Basin basin) {
        int[] ids = passages();
        PreNormModel rounded = Weights.rounded(weights);
        double[] expected = logits(basin, rounded, ids);
        return new Differences(
                largest(expected, logits(basin, NormConversion.toPreRmsNorm(rounded).model(), ids)),
                largest(expected, logits(basin, NormConversion.toPreCrmsNorm(rounded).model(), ids)),
                largest(expected, logits(basin, Weights.foldedButNotRecentred(rounded), ids)));
    }

    /** How far the logits spread, which differences are to be compared with. */
    public double logitDeviation() {
        double[] logits = logits(weights, passages());
        double mean = java.util.Arrays.stream(logits).average().orElseThrow();
        return Math.sqrt(java.util.Arrays.stream(logits).map(logit -> (logit - mean) * (logit - mean)).average().orElseThrow());
    }

    private int[] passages() {
        return text.batch(new Random(0), SEQUENCES, CONTEXT).ids();
    }

    private double[] logits(PreNormModel model, int[] ids) {
        return new Decoder(reference, model, shape.heads(), CONTEXT).forward(ids);
    }

    private double[] logits(Basin basin, PreNormModel model, int[] ids) {
        float[] logits = new FloatDecoder(basin, model, shape.heads(), CONTEXT).forward(ids);
        double[] doubles = new double[logits.length];
        for (int i = 0; i < logits.length; i++) {
            doubles[i] = logits[i];
        }
        return doubles;
    }

    private static double largest(double[] a, double[] b) {
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            largest = Math.max(largest, Math.abs(a[i] - b[i]));
        }
        return largest;
    }
}
