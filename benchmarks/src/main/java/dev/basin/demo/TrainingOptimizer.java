package dev.basin.demo;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.optim.Adafactor;
import dev.basin.optim.AdamW;
import dev.basin.optim.ConvexFunction;
import dev.basin.optim.Frugal;
import dev.basin.optim.Lion;
import dev.basin.optim.LionK;
import dev.basin.optim.Optimizer;
import dev.basin.optim.Sgd;
import dev.basin.sharpness.SharpnessOptions;
import java.util.List;

/**
 * An optimizer to train with, by the name that the command line knows it by. One line in {@link #ALL} adds one; learning rates are
 * those that {@code train digits --optimizer all --search} finds.
 *
 * @param title what a table calls it
 * @param learningRate that of the first step; it falls in a line to zero
 * @param repeatsSlow whether USEFUL says which digits are seen twice an epoch
 */
public record TrainingOptimizer(String name, String title, double learningRate, boolean repeatsSlow, Factory factory) {
    /** The optimizers there are; the first is the default. */
    public static final List<TrainingOptimizer> ALL = List.of(
            plain("adamw", "AdamW", 3e-2, (basin, parameters) -> AdamW.over(basin, parameters, AdamW.Options.defaults())),
            plain("sgd", "SGD", 0.1, TrainingOptimizer::momentum),
            plain("lion", "Lion", 1e-3, (basin, parameters) -> Lion.over(basin, parameters, Lion.Options.defaults().weightDecay(0.01))),
            plain("adafactor", "Adafactor", 3e-2,
                    (basin, parameters) -> Adafactor.over(basin, parameters, Adafactor.Options.defaults().relativeStep(false))),
            plain("lion-k", "Lion-K, log cosh", 1e-3, (basin, parameters) -> LionK.over(
                    basin, parameters, LionK.Options.of(new ConvexFunction.LogCosh(1e-3)).weightDecay(0.01))),
            plain("frugal", "FRUGAL", 3e-3, (basin, parameters) -> Frugal.over(basin, parameters, Frugal.Options.defaults())),
            sharpnessAware("sam", "SAM, SGD", 0.1, SharpnessOptions.sam()),
            sharpnessAware("asam", "ASAM, SGD", 0.1, SharpnessOptions.asam()),
            plain("useful", "USEFUL, SGD", 3e-2, TrainingOptimizer::momentum).repeatingSlow(true),
            sharpnessAware("useful-sam", "USEFUL, SAM, SGD", 0.1, SharpnessOptions.sam()).repeatingSlow(true));

    /** Makes a step over the parameters of a network. */
    @FunctionalInterface
    public interface Factory {
        Step over(Basin basin, List<Tensor> parameters);
    }

    /** Makes an optimizer over the parameters of a network. */
    @FunctionalInterface
    interface Plain {
        Optimizer<?> over(Basin basin, List<Tensor> parameters);
    }

    /** Moves the parameters against their gradients. */
    public interface Step {
        void step(List<Tensor> gradients, double learningRate);

        /** Moves the parameters to where their gradients are to be taken for the step; false to step with those given. */
        default boolean perturb(List<Tensor> gradients) {
            return false;
        }

        /** What is kept from step to step, or between the halves of one. */
        long stateBytes();
    }

    public TrainingOptimizer learningRate(double value) {
        return new TrainingOptimizer(name, title, value, repeatsSlow, factory);
    }

    public TrainingOptimizer repeatingSlow(boolean yes) {
        return new TrainingOptimizer(name, title, learningRate, yes, factory);
    }

    /** The optimizer of a name. */
    public static TrainingOptimizer named(String name) {
        return ALL.stream().filter(optimizer -> optimizer.name().equals(name)).findFirst().orElseThrow();
    }

    private static TrainingOptimizer plain(String name, String title, double learningRate, Plain optimizer) {
        return new TrainingOptimizer(
                name, title, learningRate, false, (basin, parameters) -> new OptimizerStep(optimizer.over(basin, parameters)));
    }

    private static TrainingOptimizer sharpnessAware(String name, String title, double learningRate, SharpnessOptions options) {
        return new TrainingOptimizer(name, title, learningRate, false,
                (basin, parameters) -> SharpnessAwareStep.around(basin, momentum(basin, parameters), options));
    }

    private static Sgd momentum(Basin basin, List<Tensor> parameters) {
        return Sgd.over(basin, parameters, Sgd.Options.defaults().momentum(0.9));
    }
}
