package dev.basin.trajectory;

import dev.basin.Tensor;
import dev.basin.gemm.Gemm;
import java.util.List;
import java.util.Random;

/** {@code logits = tanh(x W1' + b1) W2' + b2}, with gradients: what the claims about training are tried on. */
final class SmallNetwork {
    private final Gemm gemm;
    private final int inputs;
    private final int hidden;
    private final int classes;
    private final float[] weights1;
    private final float[] bias1;
    private final float[] weights2;
    private final float[] bias2;
    private final float[] gradWeights1;
    private final float[] gradBias1;
    private final float[] gradWeights2;
    private final float[] gradBias2;
    private float[] activations = new float[0];

    SmallNetwork(Gemm gemm, int inputs, int hidden, int classes, Random random) {
        this.gemm = gemm;
        this.inputs = inputs;
        this.hidden = hidden;
        this.classes = classes;
        this.weights1 = normal(random, hidden * inputs, 1 / Math.sqrt(inputs));
        this.weights2 = normal(random, classes * hidden, 1 / Math.sqrt(hidden));
        this.bias1 = new float[hidden];
        this.bias2 = new float[classes];
        this.gradWeights1 = new float[weights1.length];
        this.gradWeights2 = new float[weights2.length];
        this.gradBias1 = new float[hidden];
        this.gradBias2 = new float[classes];
    }

    List<Tensor> parameters() {
        return List.of(Tensor.of(weights1), Tensor.of(bias1), Tensor.of(weights2), Tensor.of(bias2));
    }

    List<Tensor> gradients() {
        return List.of(Tensor.of(gradWeights1), Tensor.of(gradBias1), Tensor.of(gradWeights2), Tensor.of(gradBias2));
    }

    float[] forward(float[] x) {
        int rows = x.length / inputs;
        activations = layer(rows, hidden, inputs, x, weights1, bias1);
        for (int i = 0; i < activations.length; i++) {
            activations[i] = (float) Math.tanh(activations[i]);
        }
        return layer(rows, classes, hidden, activations, weights2, bias2);
    }

    /** From the gradient of the logits of the last {@link #forward}. */
    void backward(float[] x, float[] gradLogits) {
        int rows = x.length / inputs;
        float[] gradActivations = new float[rows * hidden];
        gemm.multiply(true, false, classes, hidden, rows, 1, gradLogits, activations, 0, gradWeights2);
        sumRows(gradLogits, gradBias2);
        gemm.multiply(false, false, rows, hidden, classes, 1, gradLogits, weights2, 0, gradActivations);
        for (int i = 0; i < gradActivations.length; i++) {
            gradActivations[i] *= 1 - activations[i] * activations[i];
        }
        gemm.multiply(true, false, hidden, inputs, rows, 1, gradActivations, x, 0, gradWeights1);
        sumRows(gradActivations, gradBias1);
    }

    private float[] layer(int rows, int outputs, int width, float[] x, float[] weights, float[] bias) {
        float[] y = new float[rows * outputs];
        gemm.multiply(false, true, rows, outputs, width, 1, x, weights, 0, y);
        for (int i = 0; i < y.length; i++) {
            y[i] += bias[i % outputs];
        }
        return y;
    }

    private static void sumRows(float[] matrix, float[] sums) {
        java.util.Arrays.fill(sums, 0);
        for (int i = 0; i < matrix.length; i++) {
            sums[i % sums.length] += matrix[i];
        }
    }

    private static float[] normal(Random random, int count, double deviation) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return values;
    }
}
