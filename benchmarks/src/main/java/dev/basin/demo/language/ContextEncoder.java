package dev.basin.demo.language;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.gemm.Gemm;
import dev.basin.optim.AdamW;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Turns the words before a word into hidden values: their embeddings side by side, then a layer of tanh units (Bengio, Ducharme, Vincent
 * and Jauvin, A Neural Probabilistic Language Model, 2003). The last hidden value is always 1, so that every word has a bias in output
 * layers that have none of their own. Learns by AdamW without decay.
 */
final class ContextEncoder {
    /** Numbers a word is embedded in. */
    static final int EMBEDDING = 32;

    private static final int INPUTS = Examples.CONTEXT * EMBEDDING;

    private final Gemm gemm;
    private final int width;
    private final int units;
    private final Tensor embeddings;
    private final Tensor weights;
    private final Tensor biases;
    private final Tensor embeddingGradients;
    private final Tensor weightGradients;
    private final Tensor biasGradients;
    private final List<Tensor> gradients;
    private final AdamW optimizer;

    // Of the last batch; products are of arrays.
    private final int[] contexts;
    private final float[] inputs;
    private final float[] inputGradients;
    private final float[] activations;
    private final float[] activationGradients;
    private final float[] weightValues;
    private final float[] weightGradientValues;

    /**
     * @param words how many there are to embed
     * @param width how many hidden values there are, the constant one counted
     */
    ContextEncoder(Basin basin, int words, int width, int largestBatch, SplittableRandom random) {
        this.gemm = basin.gemm();
        this.width = width;
        this.units = width - 1;
        this.embeddings = Weights.random(random, words, EMBEDDING);
        this.weights = Weights.random(random, units, INPUTS);
        this.biases = Weights.zeros(units);
        this.embeddingGradients = Weights.zeros(words, EMBEDDING);
        this.weightGradients = Weights.zeros(units, INPUTS);
        this.biasGradients = Weights.zeros(units);
        this.gradients = List.of(embeddingGradients, weightGradients, biasGradients);
        this.optimizer = AdamW.over(
                basin, List.of(embeddings, weights, biases), AdamW.Options.defaults().weightDecay(0));
        this.contexts = new int[largestBatch * Examples.CONTEXT];
        this.inputs = new float[largestBatch * INPUTS];
        this.inputGradients = new float[largestBatch * INPUTS];
        this.activations = new float[largestBatch * units];
        this.activationGradients = new float[largestBatch * units];
        this.weightValues = new float[units * INPUTS];
        this.weightGradientValues = new float[units * INPUTS];
    }

    /** Hidden values {@code [rows, width]} of the contexts {@code order[first ... first + rows)}. */
    void forward(Examples examples, int[] order, int first, int rows, Tensor hidden) {
        for (int i = 0; i < rows; i++) {
            System.arraycopy(examples.contexts(), order[first + i] * Examples.CONTEXT, contexts, i * Examples.CONTEXT, Examples.CONTEXT);
        }
        for (int i = 0; i < rows * Examples.CONTEXT; i++) {
            MemorySegment.copy(embeddings.memory(), ValueLayout.JAVA_FLOAT, embeddingOffset(i), inputs, i * EMBEDDING, EMBEDDING);
        }
        MemorySegment.copy(weights.memory(), ValueLayout.JAVA_FLOAT, 0, weightValues, 0, weightValues.length);
        gemm.multiply(false, true, rows, units, INPUTS, 1, inputs, weightValues, 0, activations);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < units; j++) {
                float value = (float) Math.tanh(activations[i * units + j] + biases.memory().getAtIndex(ValueLayout.JAVA_FLOAT, j));
                activations[i * units + j] = value;
                hidden.memory().setAtIndex(ValueLayout.JAVA_FLOAT, (long) i * width + j, value);
            }
            hidden.memory().setAtIndex(ValueLayout.JAVA_FLOAT, (long) i * width + units, 1);
        }
    }

    /** Moves what the last {@link #forward} went through against a gradient by its hidden values. */
    void learn(int rows, Tensor gradHidden, double learningRate) {
        backward(rows, gradHidden);
        optimizer.step(gradients, learningRate);
        for (int i = 0; i < rows * Examples.CONTEXT; i++) {
            embeddingGradients.memory().asSlice(embeddingOffset(i), EMBEDDING * Float.BYTES).fill((byte) 0);
        }
    }

    private void backward(int rows, Tensor gradHidden) {
        biasGradients.memory().fill((byte) 0);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < units; j++) {
                float activation = activations[i * units + j];
                float byHidden = gradHidden.memory().getAtIndex(ValueLayout.JAVA_FLOAT, (long) i * width + j);
                float gradient = byHidden * (1 - activation * activation);
                activationGradients[i * units + j] = gradient;
                add(biasGradients, j, gradient);
            }
        }
        gemm.multiply(true, false, units, INPUTS, rows, 1, activationGradients, inputs, 0, weightGradientValues);
        MemorySegment.copy(weightGradientValues, 0, weightGradients.memory(), ValueLayout.JAVA_FLOAT, 0, weightGradientValues.length);
        gemm.multiply(false, false, rows, INPUTS, units, 1, activationGradients, weightValues, 0, inputGradients);
        for (int i = 0; i < rows * Examples.CONTEXT; i++) {
            long first = embeddingOffset(i) / Float.BYTES;
            for (int j = 0; j < EMBEDDING; j++) {
                add(embeddingGradients, first + j, inputGradients[i * EMBEDDING + j]);
            }
        }
    }

    /** Where the embedding of a word of the last batch begins. */
    private long embeddingOffset(int place) {
        return (long) contexts[place] * EMBEDDING * Float.BYTES;
    }

    private static void add(Tensor tensor, long index, float value) {
        float before = tensor.memory().getAtIndex(ValueLayout.JAVA_FLOAT, index);
        tensor.memory().setAtIndex(ValueLayout.JAVA_FLOAT, index, before + value);
    }
}
