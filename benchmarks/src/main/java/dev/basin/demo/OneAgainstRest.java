package dev.basin.demo;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.loss.MarginLoss;
import java.util.Random;

/** EnsLoss for more than two classes: every logit is a score for its class against all others. The number it gives has no meaning. */
final class OneAgainstRest implements LogitObjective.Loss {
    private static final double LAMBDA = 0;
    private static final double SHIFT = 1e-6;

    private final Random random = new Random(1);
    private final int[] isTarget;
    private final float[] noise;
    private final Tensor labels;
    private final Tensor drawn;

    OneAgainstRest(int rows) {
        this.isTarget = new int[rows * Digits.CLASSES];
        this.noise = new float[rows * Digits.CLASSES];
        this.labels = Tensor.of(isTarget);
        this.drawn = Tensor.of(noise);
    }

    @Override
    public double forwardBackward(Basin basin, Tensor logits, Tensor targets, Tensor gradients) {
        for (int i = 0; i < noise.length; i++) {
            isTarget[i] = targets.get(i / Digits.CLASSES) == i % Digits.CLASSES ? 1 : 0;
            noise[i] = (float) random.nextGaussian();
        }
        return MarginLoss.ensemble(basin, vector(logits), labels, drawn, vector(gradients), null, LAMBDA, SHIFT);
    }

    private static Tensor vector(Tensor matrix) {
        return Tensor.of(matrix.memory(), matrix.type(), matrix.size());
    }
}
