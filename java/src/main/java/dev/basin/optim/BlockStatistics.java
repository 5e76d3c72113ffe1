package dev.basin.optim;

import dev.basin.Tensor;
import dev.basin.kernel.OptimizerKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A sum over all elements, of squares, powers or exponentials, relative to the largest element: by blocks of fixed size, each relative to
 * its own largest, combined in their order. Memory is made once, for tensors of up to a number of elements.
 */
final class BlockStatistics {
    private final MemorySegment scales;
    private final MemorySegment sums;
    private double largest;
    private double total;

    BlockStatistics(long elements) {
        Arena arena = Arena.ofAuto();
        long bytes = Math.max(1, blocks(elements)) * Double.BYTES;
        this.scales = arena.allocate(bytes, 64);
        this.sums = arena.allocate(bytes, 64);
    }

    /** What is summed, by the numbers of the seam. */
    enum Statistic {
        SQUARES, POWERS, EXPONENTIALS
    }

    /** Of the elements of a tensor. */
    void measure(OptimizerKernels kernels, Tensor z, Statistic statistic, double smoothing, double power) {
        measure(kernels, z, z, MemorySegment.NULL, MemorySegment.NULL, statistic, 0, smoothing, power, 1);
    }

    /** Of {@code -u} of {@link LionK}. */
    void measure(
            OptimizerKernels kernels, Tensor gradient, Tensor momentum, MemorySegment factor, double scale, Statistic statistic,
            double beta1, double smoothing, double power) {
        measure(kernels, gradient, momentum, momentum.memory(), factor, statistic, beta1, smoothing, power, scale);
    }

    private void measure(
            OptimizerKernels kernels, Tensor gradient, Tensor stored, MemorySegment momentum, MemorySegment factor,
            Statistic statistic, double beta1, double smoothing, double power, double scale) {
        long blocks = blocks(gradient.size());
        kernels.lionKStatistics(
                gradient.type().code(), gradient.memory(), stored.type().code(), momentum, factor, scales, sums, 0, blocks,
                gradient.size(), statistic.ordinal(), beta1, smoothing, power, scale);
        largest = statistic == Statistic.EXPONENTIALS ? Double.NEGATIVE_INFINITY : 0;
        for (long block = 0; block < blocks; block++) {
            largest = Math.max(largest, scales.getAtIndex(ValueLayout.JAVA_DOUBLE, block));
        }
        total = 0;
        for (long block = 0; block < blocks; block++) {
            double scaled = scales.getAtIndex(ValueLayout.JAVA_DOUBLE, block);
            double weight = switch (statistic) {
                case SQUARES -> 1;
                case POWERS -> largest == 0 ? 1 : Math.pow(scaled / largest, power);
                case EXPONENTIALS -> Math.exp((scaled - largest) / smoothing);
            };
            total += weight * sums.getAtIndex(ValueLayout.JAVA_DOUBLE, block);
        }
    }

    private static long blocks(long elements) {
        return Math.ceilDiv(elements, OptimizerKernels.LION_K_BLOCK);
    }

    /** The largest magnitude, or the largest element for exponentials; 1 for squares; NaN is passed over. */
    double largest() {
        return largest;
    }

    /** Relative to {@link #largest}; NaN if an element is. */
    double total() {
        return total;
    }
}
