package dev.basin.demo.decoder;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.loss.CrossEntropy;
import dev.basin.norm.NormKind;
import dev.basin.norm.PreNormModel;
import dev.basin.optim.Optimizer;
import dev.basin.optim.Parameter;
import dev.basin.optim.ParameterGroup;
import java.util.List;
import java.util.function.Function;

/**
 * Trains the weights of a decoder in place, in double, while it runs with one norm or another: the weights that are trained stay
 * those of the Pre-LN network.
 */
final class DecoderTraining {
    private final Basin reference;
    private final PreNormModel weights;
    private final ConversionInGraph conversion;
    private final int heads;
    private final Optimizer<?> optimizer;

    /**
     * @param reference a Basin on the {@code reference} backend
     * @param runWith the norm of the network that runs; another than that of the weights is converted to in the graph
     * @param optimizer makes one over the named weights
     */
    DecoderTraining(
            Basin reference, PreNormModel weights, NormKind runWith, int heads,
            Function<List<Parameter>, Optimizer<?>> optimizer) {
        this.reference = reference;
        this.weights = weights;
        this.conversion = new ConversionInGraph(weights, runWith);
        this.heads = heads;
        this.optimizer = optimizer.apply(weights.tensors().entrySet().stream()
                .map(entry -> new Parameter(entry.getKey(), entry.getValue()))
                .toList());
    }

    /** The mean cross-entropy of each token's successor, before the weights have moved against its gradient. */
    double step(int[] ids, int[] successors, int time, double learningRate) {
        Gradient gradient = gradient(ids, successors, time);
        optimizer.step(List.copyOf(gradient.weights().tensors().values()), learningRate);
        return gradient.loss();
    }

    /** A loss and its gradient by the weights that are trained. */
    record Gradient(double loss, PreNormModel weights) {}

    Gradient gradient(int[] ids, int[] successors, int time) {
        Decoder decoder = new Decoder(reference, conversion.converted(), heads, time);
        double[] logits = decoder.forward(ids);
        double[] gradLogits = new double[logits.length];
        int vocabulary = (int) weights.head().outputs();
        double loss = new CrossEntropy().forwardBackward(reference, Tensor.of(logits, ids.length, vocabulary),
                Tensor.of(successors), Tensor.of(gradLogits, ids.length, vocabulary));
        return new Gradient(loss, conversion.gradients(decoder.backward(gradLogits)));
    }

    /** Weights as one group. */
    static <O> List<ParameterGroup<O>> group(List<Parameter> parameters, O options) {
        return List.of(ParameterGroup.of(parameters, options));
    }
}
