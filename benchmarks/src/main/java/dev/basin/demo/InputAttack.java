package dev.basin.demo;

import dev.basin.Tensor;
import java.util.Random;

/**
 * Moves pixels so that something about the logits grows: signed gradient steps from a random start, none further than a radius
 * from where it was (Madry et al., arXiv 1706.06083).
 */
final class InputAttack {
    private static final float RADIUS = 0.05f;
    private static final int STEPS = 3;
    private static final float STEP = RADIUS / 2;

    private final Network network;
    private final int rows;
    /** Not the training's, whose order of digits then stays the same with every loss. */
    private final Random random = new Random(1);
    private final float[] moved;
    private final float[] logits;
    private final float[] logitGradients;
    private final float[] pixelGradients;
    private final Tensor logitsTensor;
    private final Tensor logitGradientsTensor;

    /** Writes the gradient, by logits, of what is to grow. */
    @FunctionalInterface
    interface Ascent {
        void differentiate(Tensor logits, Tensor gradients);
    }

    InputAttack(Network network, int rows) {
        this.network = network;
        this.rows = rows;
        this.moved = new float[rows * Digits.PIXELS];
        this.pixelGradients = new float[moved.length];
        this.logits = new float[rows * Digits.CLASSES];
        this.logitGradients = new float[logits.length];
        this.logitsTensor = Tensor.of(logits, rows, Digits.CLASSES);
        this.logitGradientsTensor = Tensor.of(logitGradients, rows, Digits.CLASSES);
    }

    /** The moved pixels, valid until the next call. */
    float[] perturb(float[] pixels, Ascent ascent) {
        for (int i = 0; i < moved.length; i++) {
            moved[i] = pixels[i] + RADIUS * (2 * random.nextFloat() - 1);
        }
        for (int step = 0; step < STEPS; step++) {
            network.forward(rows, moved, logits);
            ascent.differentiate(logitsTensor, logitGradientsTensor);
            network.differentiateInputs(rows, logitGradients, pixelGradients);
            for (int i = 0; i < moved.length; i++) {
                float further = moved[i] + STEP * Math.signum(pixelGradients[i]);
                moved[i] = Math.clamp(further, pixels[i] - RADIUS, pixels[i] + RADIUS);
            }
        }
        return moved;
    }
}
