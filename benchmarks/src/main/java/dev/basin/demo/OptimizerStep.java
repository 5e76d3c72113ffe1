package dev.basin.demo;

import dev.basin.Tensor;
import dev.basin.optim.Optimizer;
import java.util.List;

/** An optimizer as it is. */
record OptimizerStep(Optimizer<?> optimizer) implements TrainingOptimizer.Step {
    @Override
    public void step(List<Tensor> gradients, double learningRate) {
        optimizer.step(gradients, learningRate);
    }

    @Override
    public long stateBytes() {
        return stateBytes(optimizer);
    }

    /** A parameter that stands for its own master is no state. */
    static long stateBytes(Optimizer<?> optimizer) {
        List<Tensor> parameters = optimizer.parameters().stream().map(parameter -> parameter.tensor()).toList();
        return optimizer.state().values().stream().flatMap(List::stream)
                .filter(tensor -> !parameters.contains(tensor))
                .mapToLong(OptimizerStep::bytes).sum();
    }

    static long bytes(Tensor tensor) {
        return tensor.size() * tensor.type().byteSize();
    }
}
