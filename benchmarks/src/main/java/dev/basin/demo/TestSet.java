package dev.basin.demo;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.loss.CrossEntropy;
import dev.basin.loss.RowBuffers;

/** Digits that a network never learns from, and how well it tells them. */
final class TestSet {
    private final Basin basin;
    private final Digits digits;
    private final CrossEntropy loss = new CrossEntropy();
    private final float[] logits;
    private final int[] predictions;
    private final Tensor logitsTensor;
    private final Tensor targets;
    private final RowBuffers written;

    record Result(double loss, double accuracy) {}

    TestSet(Basin basin, Digits digits) {
        this.basin = basin;
        this.digits = digits;
        this.logits = new float[digits.count() * Digits.CLASSES];
        this.predictions = new int[digits.count()];
        this.logitsTensor = Tensor.of(logits, digits.count(), Digits.CLASSES);
        this.targets = Tensor.of(digits.labels());
        this.written = RowBuffers.NONE.argmax(Tensor.of(predictions));
    }

    Result measure(Network network) {
        network.forward(digits.count(), digits.pixels(), logits);
        double mean = loss.forward(basin, logitsTensor, targets, written);
        int right = 0;
        for (int i = 0; i < predictions.length; i++) {
            if (predictions[i] == digits.labels()[i]) {
                right++;
            }
        }
        return new Result(mean, (double) right / predictions.length);
    }

    /** What the network that was measured last says of each digit. */
    int[] predictions() {
        return predictions.clone();
    }
}
