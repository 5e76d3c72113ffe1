package dev.basin.optim;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.kernel.OptimizerKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Updates parameters in place from their gradients. A trainer changes optimizers by changing which one it makes; wrappers reach
 * what they need through {@link #parameters()}, {@link #state()} and {@link #step(Gradients, double)}.
 *
 * <p>One step is one call over all tensors. A step that is refused, because one gradient does not fit say, changes nothing. Steps
 * of one optimizer must not overlap in time.
 *
 * @param <O> the hyper-parameters of a group
 */
public abstract class Optimizer<O> {
    private final Basin basin;
    private final List<Parameter> parameters = new ArrayList<>();
    private final List<ParameterGroup<O>> groupOfParameter = new ArrayList<>();
    private long steps;

    Optimizer(Basin basin, List<ParameterGroup<O>> groups) {
        this.basin = basin;
        for (ParameterGroup<O> group : groups) {
            for (Parameter parameter : group.parameters()) {
                parameters.add(parameter);
                groupOfParameter.add(group);
            }
        }
        requireDistinctNames();
    }

    /** The parameters, group after group: the order that gradients follow. */
    public final List<Parameter> parameters() {
        return List.copyOf(parameters);
    }

    /** How many steps were made. */
    public final long steps() {
        return steps;
    }

    /** State tensors by kind, each list in the order of the parameters; the optimizer's own memory, to read, save or restore. */
    public abstract Map<String, List<Tensor>> state();

    /** One step, with gradients as they are. */
    public final void step(List<Tensor> gradients, double learningRate) {
        step(Gradients.of(gradients), learningRate);
    }

    /**
     * One step.
     *
     * @param gradients shaped like the parameters, in their order
     * @param learningRate finite and at least 0
     * @throws IllegalArgumentException naming what does not fit; nothing has changed then
     */
    public final void step(Gradients gradients, double learningRate) {
        check(gradients, learningRate);
        if (parameters.size() > 1) {
            stepAll(basin.checks().optimizer(), gradients, learningRate);
        }
        stepAll(basin.kernels().optimizer(), gradients, learningRate);
        steps++;
    }

    /** Updates one parameter; {@code step} counts from 1. */
    abstract void stepParameter(
            OptimizerKernels kernels, int index, O options, Gradients gradients, double learningRate, long step);

    /** A state tensor of zeros for each parameter. */
    final List<Tensor> zeros() {
        Arena arena = Arena.ofAuto();
        return parameters.stream()
                .map(parameter -> Tensor.allocate(arena, stateType(parameter), parameter.tensor().shape()))
                .toList();
    }

    final Tensor weights(int index) {
        return parameters.get(index).tensor();
    }

    static MemorySegment factor(Gradients gradients) {
        Tensor factor = gradients.factor();
        return factor == null ? MemorySegment.NULL : factor.memory();
    }

    private static DataType stateType(Parameter parameter) {
        return parameter.tensor().type() == DataType.F64 ? DataType.F64 : DataType.F32;
    }

    private void stepAll(OptimizerKernels kernels, Gradients gradients, double learningRate) {
        for (int i = 0; i < parameters.size(); i++) {
            ParameterGroup<O> group = groupOfParameter.get(i);
            stepParameter(kernels, i, group.options(), gradients, learningRate * group.learningRateScale(), steps + 1);
        }
    }

    private void check(Gradients gradients, double learningRate) {
        if (!(learningRate >= 0) || Double.isInfinite(learningRate)) {
            throw new IllegalArgumentException("learningRate must be finite and at least 0, got " + learningRate);
        }
        List<Tensor> tensors = gradients.tensors();
        if (tensors.size() != parameters.size()) {
            throw new IllegalArgumentException(
                    "gradients must be one for each of the " + parameters.size() + " parameters, got " + tensors.size());
        }
        for (int i = 0; i < tensors.size(); i++) {
            Tensor gradient = tensors.get(i);
            Tensor weights = weights(i);
            if (!weights.hasShapeOf(gradient) || !gradient.isContiguous()) {
                throw new IllegalArgumentException("the gradient of parameter " + parameters.get(i).name()
                        + " must have the shape " + Arrays.toString(weights.shape()) + " without gaps, got " + gradient);
            }
        }
    }

    private void requireDistinctNames() {
        long distinct = parameters.stream().map(Parameter::name).distinct().count();
        if (distinct != parameters.size()) {
            throw new IllegalArgumentException(
                    "parameters must have names of their own, got " + parameters.stream().map(Parameter::name).toList());
        }
    }
}
