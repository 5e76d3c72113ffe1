package dev.basin.demo;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.trajectory.LogitRing;
import dev.basin.trajectory.TrajectoryLoss;

/** SAF: the logits of each digit are kept, and held to what they were some epochs ago. */
final class TrajectoryObjective implements Objective {
    private final LogitRing ring;
    private final LogitObjective objective;
    private int epoch;

    TrajectoryObjective(Basin basin, Network network, Batch batch, KernelClock clock, TrajectoryLoss loss) {
        this.ring = LogitRing.allocate(DataType.F16, batch.count(), Digits.CLASSES, loss.lag());
        this.objective = new LogitObjective(basin, network, batch, clock,
                (opened, logits, targets, gradients) -> keepAndCompare(opened, loss, logits, batch, gradients));
    }

    @Override
    public void beginEpoch(int number) {
        epoch = number;
    }

    @Override
    public double differentiate() {
        return objective.differentiate();
    }

    private double keepAndCompare(Basin basin, TrajectoryLoss loss, Tensor logits, Batch batch, Tensor gradients) {
        ring.write(basin, epoch, batch.examples(), logits);
        return loss.forwardBackward(basin, epoch, logits, batch.targets(), ring.past(epoch, batch.examples()), gradients);
    }
}
