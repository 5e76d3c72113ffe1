package dev.basin.demo.language;

import java.util.List;

/**
 * How a training went.
 *
 * @param words how many the output layer tells apart
 * @param epochs what was measured after each
 * @param steps how many there were
 * @param nanos time of all training steps; measuring on the held-out words is not in it
 * @param outputNanos the part of it spent in the output layer
 * @param stabilizationNanos the part of that in stabilisation
 * @param keptBytes what the output layer keeps between steps
 * @param allocatedBytes what a step of the output layer leaves to the collector, on average
 */
public record LanguageRun(
        String backend,
        OutputKind kind,
        int words,
        List<Epoch> epochs,
        long steps,
        long nanos,
        long outputNanos,
        long stabilizationNanos,
        long keptBytes,
        long allocatedBytes) {
    /**
     * After an epoch.
     *
     * @param trainingLoss mean of what was minimised
     * @param top1 share of the held-out words that were told right
     * @param top10 share of them that were among the ten likeliest
     * @param perplexity the exponential of their mean surprise; NaN where there are no probabilities
     * @param seconds of training until then
     */
    public record Epoch(double trainingLoss, double top1, double top10, double perplexity, double seconds) {}

    public double secondsPerEpoch() {
        return nanos / 1e9 / epochs.size();
    }

    public double outputSecondsPerEpoch() {
        return outputNanos / 1e9 / epochs.size();
    }

    public double stabilizationSecondsPerEpoch() {
        return stabilizationNanos / 1e9 / epochs.size();
    }
}
