package dev.basin.peers;

import dev.basin.Tensor;

/** Cross-entropy as trainers in Java chain it: maximum, difference, exponential, sum, quotient, then the gradient. */
public final class JavaChain {
    private final float[] logits;
    private final int[] targets;
    private final int classes;
    private final float[] shifted;
    private final float[] exponentials;
    private final float[] gradient;

    public JavaChain(float[] logits, Tensor targets, int classes) {
        this.logits = logits;
        this.targets = new int[Math.toIntExact(targets.size())];
        for (int i = 0; i < this.targets.length; i++) {
            this.targets[i] = (int) targets.get(i);
        }
        this.classes = classes;
        this.shifted = new float[logits.length];
        this.exponentials = new float[logits.length];
        this.gradient = new float[logits.length];
    }

    /** Of the mean loss. */
    public float[] gradient() {
        return gradient;
    }

    /** Does it once, and says the mean loss. */
    public double run() {
        int rows = targets.length;
        double loss = 0;
        for (int row = 0; row < rows; row++) {
            int from = row * classes;
            float largest = Float.NEGATIVE_INFINITY;
            for (int k = from; k < from + classes; k++) {
                largest = Math.max(largest, logits[k]);
            }
            for (int k = from; k < from + classes; k++) {
                shifted[k] = logits[k] - largest;
            }
            for (int k = from; k < from + classes; k++) {
                exponentials[k] = (float) Math.exp(shifted[k]);
            }
            double sum = 0;
            for (int k = from; k < from + classes; k++) {
                sum += exponentials[k];
            }
            float factor = (float) (1 / (sum * rows));
            for (int k = from; k < from + classes; k++) {
                gradient[k] = exponentials[k] * factor;
            }
            gradient[from + targets[row]] -= 1f / rows;
            loss += (Math.log(sum) - shifted[from + targets[row]]) / rows;
        }
        return loss;
    }
}
