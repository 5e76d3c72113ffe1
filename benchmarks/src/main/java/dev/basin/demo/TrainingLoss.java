package dev.basin.demo;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.loss.CrossEntropy;
import java.util.List;

/**
 * A loss to train with, by the name that the command line knows it by. One line in {@link #ALL} adds one.
 *
 * @param title what a table calls it
 */
public record TrainingLoss(String name, String title, Step step) {
    /** The losses there are; the first is the default. */
    public static final List<TrainingLoss> ALL = List.of(
            new TrainingLoss("cross-entropy", "cross-entropy", new CrossEntropy()::forwardBackward),
            new TrainingLoss("label-smoothing", "label smoothing 0.1", new CrossEntropy().labelSmoothing(0.1)::forwardBackward));

    /** The mean loss of a batch, with the gradient of its logits. */
    @FunctionalInterface
    public interface Step {
        double forwardBackward(Basin basin, Tensor logits, Tensor targets, Tensor gradients);
    }
}
