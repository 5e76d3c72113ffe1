package dev.basin.demo;

import dev.basin.Basin;
import dev.basin.Tensor;

/** One pass through the network and back, with a loss of its logits in the middle. */
final class LogitObjective implements Objective {
    private final Basin basin;
    private final Network network;
    private final Batch batch;
    private final KernelClock clock;
    private final Loss loss;
    private final float[] logits;
    private final float[] gradients;
    // One of each for the whole training: a tensor only describes an array, and calls through it allocate nothing.
    private final Tensor logitsTensor;
    private final Tensor gradientsTensor;

    /** The mean loss of a batch, with the gradient of its logits. */
    @FunctionalInterface
    interface Loss {
        double forwardBackward(Basin basin, Tensor logits, Tensor targets, Tensor gradients);
    }

    LogitObjective(Basin basin, Network network, Batch batch, KernelClock clock, Loss loss) {
        this.basin = basin;
        this.network = network;
        this.batch = batch;
        this.clock = clock;
        this.loss = loss;
        this.logits = new float[batch.rows() * Digits.CLASSES];
        this.gradients = new float[batch.rows() * Digits.CLASSES];
        this.logitsTensor = Tensor.of(logits, batch.rows(), Digits.CLASSES);
        this.gradientsTensor = Tensor.of(gradients, batch.rows(), Digits.CLASSES);
    }

    @Override
    public double differentiate() {
        network.forward(batch.rows(), batch.pixels(), logits);
        double mean = clock.time(() -> loss.forwardBackward(basin, logitsTensor, batch.targets(), gradientsTensor));
        network.backward(batch.rows(), batch.pixels(), gradients);
        return mean;
    }
}
