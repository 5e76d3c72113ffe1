package dev.basin.loss;

import dev.basin.Basin;
import dev.basin.Tensor;
import java.util.Random;

/**
 * A linear model on three classes, told apart by 3 robust features (1.5 apart, deviation 0.6) and 7 brittle ones (0.12, 0.05), under
 * attacks of up to 0.3 a feature: more than a brittle feature says, less than a robust one.
 */
final class AdversarialToy {
    private static final int EXAMPLES = 300;
    private static final int CLASSES = 3;
    private static final int ROBUST = 3;
    private static final int FEATURES = 10;
    private static final double RADIUS = 0.3;
    private static final int ATTACK_STEPS = 5;
    private static final int TRAINING_STEPS = 200;

    private final Basin basin;
    private final Random random;
    private final double[] examples = new double[EXAMPLES * FEATURES];
    private final int[] labels = new int[EXAMPLES];
    private final double[] weights = new double[CLASSES * FEATURES];
    private final double[] bias = new double[CLASSES];
    private final Tensor targets = Tensor.of(labels);
    private final Matrix clean = new Matrix();
    private final Matrix attacked = new Matrix();

    /** Logits and their gradients. */
    private static final class Matrix {
        final float[] logits = new float[EXAMPLES * CLASSES];
        final float[] gradients = new float[EXAMPLES * CLASSES];
        final Tensor logitsTensor = Tensor.of(logits, EXAMPLES, CLASSES);
        final Tensor gradientsTensor = Tensor.of(gradients, EXAMPLES, CLASSES);
    }

    /** The gradient, by {@link #attacked} logits, of what an attack makes grow. */
    @FunctionalInterface
    private interface Ascent {
        void differentiate();
    }

    AdversarialToy(Basin basin, long seed) {
        this.basin = basin;
        this.random = new Random(seed);
        double[] brittle = random.doubles(CLASSES * FEATURES).map(value -> Math.signum(value - 0.5)).toArray();
        for (int row = 0; row < EXAMPLES; row++) {
            labels[row] = random.nextInt(CLASSES);
            for (int feature = 0; feature < FEATURES; feature++) {
                examples[row * FEATURES + feature] = feature < ROBUST
                        ? (feature == labels[row] ? 1.5 : 0) + 0.6 * random.nextGaussian()
                        : 0.12 * brittle[labels[row] * FEATURES + feature] + 0.05 * random.nextGaussian();
            }
        }
    }

    void train(double nu) {
        SmoothAdversarialCompSum loss = new SmoothAdversarialCompSum().nu(nu);
        for (int step = 0; step < TRAINING_STEPS; step++) {
            computeLogits(examples, clean);
            double[] moved = nu == 0 ? examples : attack(() -> loss.forwardBackward(
                    basin, clean.logitsTensor, attacked.logitsTensor, targets, null, attacked.gradientsTensor, null, RowBuffers.NONE));
            computeLogits(moved, attacked);
            loss.forwardBackward(basin, clean.logitsTensor, attacked.logitsTensor, targets,
                    clean.gradientsTensor, attacked.gradientsTensor, null, RowBuffers.NONE);
            double rate = 0.5 / (1 + 0.02 * step);
            descend(examples, clean, rate);
            descend(moved, attacked, rate);
        }
    }

    double cleanAccuracy() {
        computeLogits(examples, clean);
        return accuracy(clean);
    }

    /** Under an attack that raises cross-entropy, whatever the model was trained against. */
    double attackedAccuracy() {
        CrossEntropy loss = new CrossEntropy();
        double[] moved = attack(() -> loss.forwardBackward(basin, attacked.logitsTensor, targets, attacked.gradientsTensor));
        computeLogits(moved, attacked);
        return accuracy(attacked);
    }

    double meanBrittleWeight() {
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            sum += i % FEATURES < ROBUST ? 0 : Math.abs(weights[i]);
        }
        return sum / (CLASSES * (FEATURES - ROBUST));
    }

    /** Signed gradient steps from a random start, inside the ball. */
    private double[] attack(Ascent ascent) {
        double[] moved = examples.clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] += RADIUS * (2 * random.nextDouble() - 1);
        }
        for (int step = 0; step < ATTACK_STEPS; step++) {
            computeLogits(moved, attacked);
            ascent.differentiate();
            for (int i = 0; i < moved.length; i++) {
                double further = moved[i] + RADIUS / 2 * Math.signum(exampleGradient(i));
                moved[i] = Math.clamp(further, examples[i] - RADIUS, examples[i] + RADIUS);
            }
        }
        return moved;
    }

    private double exampleGradient(int index) {
        double sum = 0;
        for (int k = 0; k < CLASSES; k++) {
            sum += attacked.gradients[index / FEATURES * CLASSES + k] * weights[k * FEATURES + index % FEATURES];
        }
        return sum;
    }

    private void computeLogits(double[] inputs, Matrix into) {
        for (int i = 0; i < into.logits.length; i++) {
            int k = i % CLASSES;
            double sum = bias[k];
            for (int feature = 0; feature < FEATURES; feature++) {
                sum += inputs[i / CLASSES * FEATURES + feature] * weights[k * FEATURES + feature];
            }
            into.logits[i] = (float) sum;
        }
    }

    private void descend(double[] inputs, Matrix from, double rate) {
        for (int i = 0; i < from.gradients.length; i++) {
            int k = i % CLASSES;
            double step = rate * from.gradients[i];
            bias[k] -= step;
            for (int feature = 0; feature < FEATURES; feature++) {
                weights[k * FEATURES + feature] -= step * inputs[i / CLASSES * FEATURES + feature];
            }
        }
    }

    private double accuracy(Matrix matrix) {
        int right = 0;
        for (int row = 0; row < EXAMPLES; row++) {
            int best = 0;
            for (int k = 1; k < CLASSES; k++) {
                if (matrix.logits[row * CLASSES + k] > matrix.logits[row * CLASSES + best]) {
                    best = k;
                }
            }
            right += best == labels[row] ? 1 : 0;
        }
        return (double) right / EXAMPLES;
    }
}
