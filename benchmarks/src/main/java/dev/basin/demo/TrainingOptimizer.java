package dev.basin.demo;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.optim.AdamW;
import dev.basin.optim.Lion;
import dev.basin.optim.Sgd;
import dev.basin.sharpness.SharpnessOptions;
import java.util.List;

/**
 * An optimizer to train with, by the name that the command line knows it by. One line in {@link #ALL} adds one.
 *
 * @param title what a table calls it
 * @param learningRate that of the first step; it falls in a line to zero
 */
public record TrainingOptimizer(String name, String title, double learningRate, Factory factory) {
    /** The optimizers there are; the first is the default. */
    public static final List<TrainingOptimizer> ALL = List.of(
            new TrainingOptimizer("adamw", "AdamW", 3e-3,
                    (basin, parameters) -> AdamW.over(basin, parameters, AdamW.Options.defaults())::step),
            new TrainingOptimizer("sgd", "SGD", 0.1,
                    (basin, parameters) -> Sgd.over(basin, parameters, Sgd.Options.defaults().momentum(0.9))::step),
            new TrainingOptimizer("lion", "Lion", 1e-3,
                    (basin, parameters) -> Lion.over(basin, parameters, Lion.Options.defaults().weightDecay(0.01))::step),
            new TrainingOptimizer("sam", "SAM, SGD", 0.1, SharpnessAwareStep.aroundSgd(SharpnessOptions.sam())),
            new TrainingOptimizer("asam", "ASAM, SGD", 0.1, SharpnessAwareStep.aroundSgd(SharpnessOptions.asam())));

    /** Makes an optimizer over the parameters of a network. */
    @FunctionalInterface
    public interface Factory {
        Step over(Basin basin, List<Tensor> parameters);
    }

    /** Moves the parameters against their gradients. */
    @FunctionalInterface
    public interface Step {
        void step(List<Tensor> gradients, double learningRate);

        /** Moves the parameters to where their gradients are to be taken for the step; false to step with those given. */
        default boolean perturb(List<Tensor> gradients) {
            return false;
        }
    }
}
