package dev.basin.demo;

import dev.basin.Basin;
import dev.basin.Tensor;

/** A loss that gives each digit's and the gradient of their sum, as a mean. */
final class MeanOfRows implements LogitObjective.Loss {
    private final Summed summed;
    private final Tensor losses;

    /** Writes the losses of the digits and the gradient of their sum. */
    @FunctionalInterface
    interface Summed {
        void forwardBackward(Basin basin, Tensor logits, Tensor targets, Tensor losses, Tensor gradients);
    }

    MeanOfRows(int rows, Summed summed) {
        this.summed = summed;
        this.losses = Tensor.of(new float[rows]);
    }

    @Override
    public double forwardBackward(Basin basin, Tensor logits, Tensor targets, Tensor gradients) {
        summed.forwardBackward(basin, logits, targets, losses, gradients);
        for (long i = 0; i < gradients.size(); i++) {
            gradients.set(i, gradients.get(i) / losses.size());
        }
        double sum = 0;
        for (long row = 0; row < losses.size(); row++) {
            sum += losses.get(row);
        }
        return sum / losses.size();
    }
}
