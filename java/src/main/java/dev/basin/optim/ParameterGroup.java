package dev.basin.optim;

import dev.basin.Tensor;
import dev.basin.dispatch.CommonChecks;
import java.util.ArrayList;
import java.util.List;

/**
 * Parameters that share hyper-parameters: weights that decay, say, and biases that do not.
 *
 * @param options the optimizer's hyper-parameters for this group
 * @param learningRateScale multiplies the learning rate of each step
 * @param masterWeights whether a bf16 parameter is updated through an f32 master that the optimizer keeps; true unless told.
 *     Without one it takes 4 bytes less, and a step below half a unit in its last place, 2^-9 of it or less, is lost. No other
 *     type has a master
 */
public record ParameterGroup<O>(List<Parameter> parameters, O options, double learningRateScale, boolean masterWeights) {
    public ParameterGroup {
        parameters = List.copyOf(parameters);
        CommonChecks.atLeastZero("learningRateScale", learningRateScale);
    }

    /** A group with master weights. */
    public ParameterGroup(List<Parameter> parameters, O options, double learningRateScale) {
        this(parameters, options, learningRateScale, true);
    }

    /** A group at the step's own learning rate, with master weights. */
    public static <O> ParameterGroup<O> of(List<Parameter> parameters, O options) {
        return new ParameterGroup<>(parameters, options, 1);
    }

    public ParameterGroup<O> masterWeights(boolean yes) {
        return new ParameterGroup<>(parameters, options, learningRateScale, yes);
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
