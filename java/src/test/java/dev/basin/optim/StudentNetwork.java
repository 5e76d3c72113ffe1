package dev.basin.optim;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.gemm.Gemm;
import dev.basin.loss.CrossEntropy;
import java.util.List;
import java.util.Random;

/** A network of one hidden layer, {@code logits = relu(x W1' + b1) W2' + b2}, that learns another one's labels. */
final class StudentNetwork {
    private static final int INPUTS = 32;
    private static final int HIDDEN = 64;
    private static final int CLASSES = 10;
    private static final int SAMPLES = 1024;

    private final Basin basin;
    private final Gemm gemm;
    private final List<float[]> parameters;
    private final List<float[]> gradients = emptyLayers();
    private final float[] activations = new float[SAMPLES * HIDDEN];
    private final float[] activationGradients = new float[SAMPLES * HIDDEN];
    private final float[] logits = new float[SAMPLES * CLASSES];

    StudentNetwork(Basin basin, Random random) {
        this.basin = basin;
        this.gemm = basin.gemm();
        this.parameters = emptyLayers();
        fill(parameters.get(0), Math.sqrt(2.0 / INPUTS), random);
        fill(parameters.get(2), Math.sqrt(2.0 / HIDDEN), random);
    }

    /** Inputs and the classes that a network of the same make gives them. */
    record Samples(float[] inputs, int[] labels) {
        static Samples of(Basin basin, Random random) {
            float[] inputs = new float[SAMPLES * INPUTS];
            fill(inputs, 1, random);
            StudentNetwork teacher = new StudentNetwork(basin, random);
            teacher.forward(inputs, SAMPLES);
            int[] labels = new int[SAMPLES];
            for (int row = 0; row < SAMPLES; row++) {
                for (int k = 1; k < CLASSES; k++) {
                    boolean isLarger = teacher.logits[row * CLASSES + k] > teacher.logits[row * CLASSES + labels[row]];
                    labels[row] = isLarger ? k : labels[row];
                }
            }
            return new Samples(inputs, labels);
        }

        Samples batch(int size, Random random) {
            Samples batch = new Samples(new float[size * INPUTS], new int[size]);
            for (int row = 0; row < size; row++) {
                int drawn = random.nextInt(labels.length);
                System.arraycopy(inputs, drawn * INPUTS, batch.inputs, row * INPUTS, INPUTS);
                batch.labels[row] = labels[drawn];
            }
            return batch;
        }
    }

    List<Tensor> parameters() {
        return tensors(parameters);
    }

    List<Tensor> gradients() {
        return tensors(gradients);
    }

    /** The mean loss; {@link #gradients} hold its gradient afterwards. */
    double forwardBackward(Samples samples) {
        int rows = samples.labels.length;
        forward(samples.inputs, rows);
        Tensor output = Tensor.of(java.util.Arrays.copyOf(logits, rows * CLASSES), rows, CLASSES);
        float[] gradient = new float[rows * CLASSES];
        double loss = new CrossEntropy().forwardBackward(
                basin, output, Tensor.of(samples.labels), Tensor.of(gradient, rows, CLASSES));
        gemm.multiply(true, false, CLASSES, HIDDEN, rows, 1, gradient, activations, 0, gradients.get(2));
        sumRows(gradient, rows, gradients.get(3));
        gemm.multiply(false, false, rows, HIDDEN, CLASSES, 1, gradient, parameters.get(2), 0, activationGradients);
        for (int i = 0; i < rows * HIDDEN; i++) {
            activationGradients[i] = activations[i] > 0 ? activationGradients[i] : 0;
        }
        gemm.multiply(true, false, HIDDEN, INPUTS, rows, 1, activationGradients, samples.inputs, 0, gradients.get(0));
        sumRows(activationGradients, rows, gradients.get(1));
        return loss;
    }

    private void forward(float[] inputs, int rows) {
        gemm.multiply(false, true, rows, HIDDEN, INPUTS, 1, inputs, parameters.get(0), 0, activations);
        addToRows(parameters.get(1), rows, activations);
        for (int i = 0; i < rows * HIDDEN; i++) {
            activations[i] = Math.max(0, activations[i]);
        }
        gemm.multiply(false, true, rows, CLASSES, HIDDEN, 1, activations, parameters.get(2), 0, logits);
        addToRows(parameters.get(3), rows, logits);
    }

    private static void addToRows(float[] bias, int rows, float[] matrix) {
        for (int i = 0; i < rows * bias.length; i++) {
            matrix[i] += bias[i % bias.length];
        }
    }

    private static void sumRows(float[] matrix, int rows, float[] sums) {
        java.util.Arrays.fill(sums, 0);
        for (int i = 0; i < rows * sums.length; i++) {
            sums[i % sums.length] += matrix[i];
        }
    }

    private static List<float[]> emptyLayers() {
        return List.of(new float[HIDDEN * INPUTS], new float[HIDDEN], new float[CLASSES * HIDDEN], new float[CLASSES]);
    }

    private static List<Tensor> tensors(List<float[]> layers) {
        return List.of(Tensor.of(layers.get(0), HIDDEN, INPUTS), Tensor.of(layers.get(1)),
                Tensor.of(layers.get(2), CLASSES, HIDDEN), Tensor.of(layers.get(3)));
    }

    private static void fill(float[] values, double deviation, Random random) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
    }
}
