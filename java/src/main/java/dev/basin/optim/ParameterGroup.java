package dev.basin.optim;

import dev.basin.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Parameters that share hyper-parameters: weights that decay, say, and biases that do not.
 *
 * @param options the optimizer's hyper-parameters for this group
 * @param learningRateScale multiplies the learning rate of each step
 */
public record ParameterGroup<O>(List<Parameter> parameters, O options, double learningRateScale) {
    public ParameterGroup {
        parameters = List.copyOf(parameters);
        if (!(learningRateScale >= 0) || Double.isInfinite(learningRateScale)) {
            throw new IllegalArgumentException("learningRateScale must be finite and at least 0, got " + learningRateScale);
        }
    }

    /** A group at the step's own learning rate. */
    public static <O> ParameterGroup<O> of(List<Parameter> parameters, O options) {
        return new ParameterGroup<>(parameters, options, 1);
    }

    /** A group of tensors that are named by their position. */
    static <O> ParameterGroup<O> unnamed(List<Tensor> tensors, O options) {
        List<Parameter> parameters = new ArrayList<>();
        for (Tensor tensor : tensors) {
            parameters.add(new Parameter(Integer.toString(parameters.size()), tensor));
        }
        return of(parameters, options);
    }
}
