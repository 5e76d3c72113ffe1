package dev.basin.demo;

import java.util.List;

/**
 * How a training went.
 *
 * @param epochs what was measured after each
 * @param steps how many training steps there were, those that USEFUL makes before the epochs included
 * @param nanos time of all of them; measuring on the test digits is not in it
 * @param kernelNanos the part of it spent in Basin's losses and optimizers, calls included
 * @param stateBytes what the optimizer keeps beside a parameter and its gradient, in bytes a parameter
 * @param checksum a short name for the exact bits of the final weights
 * @param predictions what the trained network says of each test digit
 */
public record TrainingRun(
        String backend,
        Recipe recipe,
        List<Epoch> epochs,
        long steps,
        long nanos,
        long kernelNanos,
        double stateBytes,
        String checksum,
        int[] predictions) {
    /**
     * After an epoch.
     *
     * @param trainingLoss mean of what was minimised
     * @param testLoss mean cross-entropy on the test digits, whatever was minimised
     * @param testAccuracy share of the test digits that were told right
     */
    public record Epoch(double trainingLoss, double testLoss, double testAccuracy) {}

    /** The accuracy of the final weights; not the best on the way, which would be chosen by the test digits. */
    public double testAccuracy() {
        return epochs.getLast().testAccuracy();
    }

    /** Cross-entropy on the test digits of the final weights. */
    public double testLoss() {
        return epochs.getLast().testLoss();
    }

    public double secondsPerStep() {
        return seconds() / steps;
    }

    public double seconds() {
        return nanos / 1e9;
    }

    public double kernelShare() {
        return (double) kernelNanos / nanos;
    }
}
