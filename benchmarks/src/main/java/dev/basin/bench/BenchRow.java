package dev.basin.bench;

/**
 * One figure.
 *
 * @param part of the kernel, such as {@code backward}; empty where it has one
 * @param nanos the median time
 * @param spread the distance between the quartiles, as a share of the median
 * @param calls how many calls of the seam it makes
 * @param operations what its declarations say must be computed
 * @param bytes what its declarations say must be moved
 * @param ceilingNanos how long the same streams take without arithmetic, timed in turn with it
 * @param ceilingWay whether they were faster {@code plain} or {@code non-temporal}
 */
public record BenchRow(
        String kernel, String part, String shape, String dtype, String backend, String isa, int threads,
        double nanos, double spread, int calls, double operations, long bytes, double ceilingNanos, String ceilingWay) {
    /** Bytes a nanosecond. */
    public double gigabytesPerSecond() {
        return bytes / nanos;
    }

    /** That of the ceiling. */
    public double ceilingGigabytesPerSecond() {
        return bytes / ceilingNanos;
    }

    /** Operations a nanosecond. */
    public double gigaOperationsPerSecond() {
        return operations / nanos;
    }

    /** How much of the ceiling is reached. */
    public double share() {
        return ceilingNanos / nanos;
    }
}
