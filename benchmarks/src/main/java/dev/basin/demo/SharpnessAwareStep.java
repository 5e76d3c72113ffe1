package dev.basin.demo;

import dev.basin.Tensor;
import dev.basin.optim.Sgd;
import dev.basin.sharpness.SharpnessAware;
import dev.basin.sharpness.SharpnessOptions;
import java.util.List;

/** SGD with momentum at the gradient of the worst weights nearby; biases are not scaled. */
record SharpnessAwareStep(SharpnessAware sharpness) implements TrainingOptimizer.Step {
    static TrainingOptimizer.Factory aroundSgd(SharpnessOptions options) {
        return (basin, parameters) -> {
            Sgd sgd = Sgd.over(basin, parameters, Sgd.Options.defaults().momentum(0.9));
            return new SharpnessAwareStep(
                    SharpnessAware.over(basin, sgd, options, parameter -> parameter.tensor().rank() > 1));
        };
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
}
