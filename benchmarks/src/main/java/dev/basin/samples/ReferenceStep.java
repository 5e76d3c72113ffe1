package dev.basin.samples;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.loss.CrossEntropy;
import dev.basin.optim.AdamW;
import dev.basin.optim.Gradients;
import dev.basin.spec.Specs;
import dev.basin.spec.Tolerance;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One step of AdamW on logits that are trained themselves, under cross-entropy: what a sample starts from, and what the backend
 * {@code reference} makes of it in double, to which a sample is held.
 */
public final class ReferenceStep {
    public static final int ROWS = 64;
    public static final int CLASSES = 1000;
    public static final double LEARNING_RATE = 1e-3;

    private final float[] logits = new float[ROWS * CLASSES];
    private final int[] targets = new int[ROWS];
    private final double loss;
    private final double[] gradient = new double[ROWS * CLASSES];
    private final double[] stepped = new double[ROWS * CLASSES];

    public ReferenceStep(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) random.nextGaussian();
            stepped[i] = logits[i];
        }
        Arrays.setAll(targets, row -> random.nextInt(CLASSES));
        try (Basin reference = Basin.open(Basin.Options.defaults().backend("reference"))) {
            Tensor weights = Tensor.of(stepped, ROWS, CLASSES);
            Tensor gradients = Tensor.of(gradient, ROWS, CLASSES);
            this.loss = new CrossEntropy().forwardBackward(reference, weights, Tensor.of(targets), gradients);
            AdamW.over(reference, List.of(weights), AdamW.Options.defaults())
                    .step(Gradients.of(List.of(gradients)), LEARNING_RATE);
        }
    }

    /** The logits before the step, row-major. */
    public float[] logits() {
        return logits.clone();
    }

    /** The class of each row. */
    public int[] targets() {
        return targets.clone();
    }

    /**
     * Holds a step from the same numbers to this one, within the tolerances of the specs of its kernels.
     *
     * @return a sentence on how far off it is
     * @throws IllegalStateException if that is too far
     */
    public String compare(double actualLoss, float[] actualGradient, float[] actualLogits) {
        Tolerance ofLoss = Specs.named("cross_entropy").orElseThrow().tolerance();
        Tolerance ofStep = Specs.named("adamw").orElseThrow().tolerance();
        return "loss " + actualLoss + ", off by "
                + error("loss", ofLoss, new double[] {loss}, new double[] {actualLoss}) + "; gradient off by up to "
                + error("gradient", ofLoss, gradient, widened(actualGradient)) + ", logits after the step by "
                + error("logits", ofStep, stepped, widened(actualLogits));
    }

    private static double error(String name, Tolerance tolerance, double[] expected, double[] actual) {
        double allowed = tolerance.relative() * largest(expected) + tolerance.floor();
        double error = 0;
        for (int i = 0; i < expected.length; i++) {
            double off = Math.abs(actual[i] - expected[i]);
            if (!(off <= allowed)) {
                throw new IllegalStateException(
                        name + "[" + i + "] is " + actual[i] + " instead of " + expected[i] + ", " + allowed + " off is allowed");
            }
            error = Math.max(error, off);
        }
        return error;
    }

    private static double largest(double[] numbers) {
        return Arrays.stream(numbers).map(Math::abs).max().orElse(0);
    }

    private static double[] widened(float[] numbers) {
        double[] wide = new double[numbers.length];
        Arrays.setAll(wide, i -> numbers[i]);
        return wide;
    }
}
