package dev.basin.demo;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.loss.AldrKl;
import dev.basin.loss.CompSum;
import dev.basin.loss.CrossEntropy;
import dev.basin.loss.DirectCoverage;
import dev.basin.loss.FocalCrossEntropy;
import dev.basin.loss.LdrKl;
import dev.basin.loss.OverlapLoss;
import dev.basin.loss.SmoothAdversarialCompSum;
import dev.basin.loss.SvmLoss;
import dev.basin.loss.ZLoss;
import dev.basin.trajectory.TrajectoryLoss;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A loss to train with, by the name that the command line knows it by. One line in {@link #ALL} adds one.
 *
 * @param title what a table calls it
 */
public record TrainingLoss(String name, String title, Factory factory) {
    /** The losses there are; the first is the default. */
    public static final List<TrainingLoss> ALL = List.of(
            ofLogits("cross-entropy", "cross-entropy", new CrossEntropy()::forwardBackward),
            ofLogits("label-smoothing", "label smoothing 0.1", new CrossEntropy().labelSmoothing(0.1)::forwardBackward),
            ofLogits("focal", "focal, gamma 2", new FocalCrossEntropy()::forwardBackward),
            ofLogits("comp-sum-0.5", "comp-sum 0.5", new CompSum(0.5)::forwardBackward),
            ofLogits("comp-sum-1.5", "comp-sum 1.5", new CompSum(1.5)::forwardBackward),
            ofLogits("z-loss", "Z-loss, a 1, b 5", new ZLoss().location(5)::forwardBackward),
            ofLogits("ldr", "LDR-KL, lambda 1", new LdrKl()::forwardBackward),
            ofBatch("aldr", "ALDR-KL, lambda 1", batch -> new LearntTemperatures(batch, new AldrKl(), 1)),
            ofLogits("svm", "margins, C 0.5", new SvmLoss()::forwardBackward),
            ofBatch("coverage", "coverage, 2 samples", batch -> coverage(batch.rows(), new DirectCoverage(2))),
            ofBatch("dice", "self-adjusting Dice", batch -> new MeanOfRows(batch.rows(), (basin, logits, targets, losses, gradients) ->
                    OverlapLoss.dice().eachRow(basin, logits, targets, null, losses, gradients))),
            ofBatch("ensloss", "EnsLoss, one against rest", batch -> new OneAgainstRest(batch.rows())),
            new TrainingLoss("smooth-adversarial", "smooth adversarial 0.1", (basin, network, batch, clock) ->
                    new AdversarialObjective(basin, network, batch, clock, new SmoothAdversarialCompSum().nu(0.1))),
            new TrainingLoss("saf", "SAF, lag 3", (basin, network, batch, clock) ->
                    new TrajectoryObjective(basin, network, batch, clock, TrajectoryLoss.saf())));

    /** Sets up the objective of one training. */
    @FunctionalInterface
    interface Factory {
        Objective over(Basin basin, Network network, Batch batch, KernelClock clock);
    }

    /** The loss of a name. */
    public static TrainingLoss named(String name) {
        return ALL.stream().filter(loss -> loss.name().equals(name)).findFirst().orElseThrow();
    }

    /** Each digit is an answer of one token. */
    private static LogitObjective.Loss coverage(int rows, DirectCoverage loss) {
        Tensor answers = Tensor.of(IntStream.range(0, rows).toArray());
        return new MeanOfRows(rows, (basin, logits, targets, losses, gradients) ->
                loss.forwardBackward(basin, logits, targets, answers, gradients, losses, null, null));
    }

    /** A loss of the logits that keeps something for the digits of a batch. */
    private static TrainingLoss ofBatch(String name, String title, Function<Batch, LogitObjective.Loss> loss) {
        return new TrainingLoss(name, title,
                (basin, network, batch, clock) -> new LogitObjective(basin, network, batch, clock, loss.apply(batch)));
    }

    /** A loss that needs nothing but the logits of the digits as they are. */
    private static TrainingLoss ofLogits(String name, String title, LogitObjective.Loss loss) {
        return new TrainingLoss(
                name, title, (basin, network, batch, clock) -> new LogitObjective(basin, network, batch, clock, loss));
    }
}
