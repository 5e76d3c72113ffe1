package dev.basin.demo;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.optim.Optimizer;
import dev.basin.sharpness.SharpnessAware;
import dev.basin.sharpness.SharpnessOptions;
import java.util.List;

/** An optimizer at the gradient of the worst weights nearby; biases are not scaled. */
record SharpnessAwareStep(Optimizer<?> optimizer, SharpnessAware sharpness) implements TrainingOptimizer.Step {
    static SharpnessAwareStep around(Basin basin, Optimizer<?> optimizer, SharpnessOptions options) {
        return new SharpnessAwareStep(
                optimizer, SharpnessAware.over(basin, optimizer, options, parameter -> parameter.tensor().rank() > 1));
    }

    @Override
    public boolean perturb(List<Tensor> gradients) {
        sharpness.perturb(gradients);
        return true;
    }

    @Override
    public void step(List<Tensor> gradients, double learningRate) {
        sharpness.step(gradients, learningRate);
    }

    @Override
    public long stateBytes() {
        return OptimizerStep.stateBytes(optimizer) + sharpness.savedWeights().stream().mapToLong(OptimizerStep::bytes).sum();
    }
}
