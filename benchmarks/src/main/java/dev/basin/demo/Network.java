package dev.basin.demo;

import dev.basin.Tensor;
import dev.basin.gemm.Gemm;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;

/**
 * A network of one hidden layer, {@code logits = relu(x W1' + b1) W2' + b2}, as a trainer would write it: matrix products by
 * Basin's {@link Gemm}, the rest in plain Java.
 */
final class Network {
    private final Gemm gemm;
    private final Layer hidden;
    private final Layer output;
    private final float[] activations;
    private final float[] activationGradients;

    /** A fully connected layer: {@code weights [outputs, inputs]}, {@code bias [outputs]}. */
    private record Layer(int inputs, int outputs, float[] weights, float[] bias, float[] weightGradients, float[] biasGradients) {
        Layer(int inputs, int outputs) {
            this(inputs, outputs, new float[outputs * inputs], new float[outputs], new float[outputs * inputs],
                    new float[outputs]);
        }

        List<Tensor> parameters() {
            return List.of(Tensor.of(weights, outputs, inputs), Tensor.of(bias));
        }

        List<Tensor> gradients() {
            return List.of(Tensor.of(weightGradients, outputs, inputs), Tensor.of(biasGradients));
        }
    }

    /** With random weights that keep the variance of what flows through them (He et al. 2015). */
    Network(Gemm gemm, int inputs, int hiddenUnits, int classes, int largestBatch, Random random) {
        this.gemm = gemm;
        this.hidden = new Layer(inputs, hiddenUnits);
        this.output = new Layer(hiddenUnits, classes);
        this.activations = new float[largestBatch * hiddenUnits];
        this.activationGradients = new float[largestBatch * hiddenUnits];
        for (Layer layer : List.of(hidden, output)) {
            double deviation = Math.sqrt(2.0 / layer.inputs);
            for (int i = 0; i < layer.weights.length; i++) {
                layer.weights[i] = (float) (deviation * random.nextGaussian());
            }
        }
    }

    /** Weights and biases; an optimizer changes them in place. */
    List<Tensor> parameters() {
        return concatenated(hidden.parameters(), output.parameters());
    }

    /** What {@link #backward} fills, in the order of the parameters. */
    List<Tensor> gradients() {
        return concatenated(hidden.gradients(), output.gradients());
    }

    /** Logits {@code [rows, classes]} of inputs {@code [rows, inputs]}. */
    void forward(int rows, float[] inputs, float[] logits) {
        apply(hidden, rows, inputs, activations);
        for (int i = 0; i < rows * hidden.outputs; i++) {
            activations[i] = Math.max(activations[i], 0);
        }
        apply(output, rows, activations, logits);
    }

    /** Gradients of the parameters from that of the logits of the last {@link #forward}. */
    void backward(int rows, float[] inputs, float[] logitGradients) {
        differentiate(output, rows, activations, logitGradients);
        differentiateActivations(rows, logitGradients);
        differentiate(hidden, rows, inputs, activationGradients);
    }

    /** Gradients of the inputs from that of the logits of the last {@link #forward}. */
    void differentiateInputs(int rows, float[] logitGradients, float[] inputGradients) {
        differentiateActivations(rows, logitGradients);
        gemm.multiply(false, false, rows, hidden.inputs, hidden.outputs, 1, activationGradients, hidden.weights, 0, inputGradients);
    }

    /** A short name for the exact bits of all parameters. */
    String checksum() {
        CRC32C checksum = new CRC32C();
        for (Tensor parameter : parameters()) {
            checksum.update(parameter.memory().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
        }
        return "%08x".formatted(checksum.getValue());
    }

    private void apply(Layer layer, int rows, float[] inputs, float[] outputs) {
        gemm.multiply(false, true, rows, layer.outputs, layer.inputs, 1, inputs, layer.weights, 0, outputs);
        for (int row = 0; row < rows; row++) {
            for (int unit = 0; unit < layer.outputs; unit++) {
                outputs[row * layer.outputs + unit] += layer.bias[unit];
            }
        }
    }

    private void differentiate(Layer layer, int rows, float[] inputs, float[] outputGradients) {
        gemm.multiply(true, false, layer.outputs, layer.inputs, rows, 1, outputGradients, inputs, 0, layer.weightGradients);
        java.util.Arrays.fill(layer.biasGradients, 0);
        for (int row = 0; row < rows; row++) {
            for (int unit = 0; unit < layer.outputs; unit++) {
                layer.biasGradients[unit] += outputGradients[row * layer.outputs + unit];
            }
        }
    }

    /** Gradients of what comes out of the hidden layer's affine map, before its ReLU. */
    private void differentiateActivations(int rows, float[] logitGradients) {
        gemm.multiply(false, false, rows, output.inputs, output.outputs, 1, logitGradients, output.weights, 0, activationGradients);
        for (int i = 0; i < rows * hidden.outputs; i++) {
            if (activations[i] == 0) {
                activationGradients[i] = 0;
            }
        }
    }

    private static List<Tensor> concatenated(List<Tensor> first, List<Tensor> second) {
        return java.util.stream.Stream.concat(first.stream(), second.stream()).toList();
    }
}
