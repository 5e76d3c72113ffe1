package dev.basin.optim;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.kernel.OptimizerKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Finds the {@code k} elements of the largest magnitude, ties to the lowest index, and keeps them alone. The bits of the k-th largest
 * magnitude are found a digit of eight bits at a time, each from one pass over the values; the result does not depend on the threads.
 * NaN counts as larger than infinity. Memory is made once, for tensors of up to a number of elements; calls must not overlap in time.
 */
public final class LargestSelection {
    private static final int DIGITS = OptimizerKernels.SELECTION_DIGITS;
    /** Of a magnitude, which has no sign. */
    private static final int LARGEST_FIRST_DIGIT = DIGITS / 2 - 1;

    private final MemorySegment counts;
    private final MemorySegment quotas;
    private final MemorySegment offsets;
    private final int[] larger;
    private final long[] digitTotals = new long[DIGITS];

    /** @param elements of the largest tensor */
    public LargestSelection(long elements) {
        long blocks = blocks(elements);
        Arena arena = Arena.ofAuto();
        this.counts = arena.allocate(Math.max(1, blocks) * DIGITS * Integer.BYTES, 64);
        this.quotas = arena.allocate(Math.max(1, blocks) * Integer.BYTES, 64);
        this.offsets = arena.allocate(Math.max(1, blocks) * Integer.BYTES, 64);
        this.larger = new int[Math.toIntExact(blocks)];
    }

    private static long blocks(long elements) {
        return Math.ceilDiv(elements, OptimizerKernels.SELECTION_BLOCK);
    }

    /** Keeps the largest as they are. */
    public void keep(Basin basin, Tensor values, long k, Tensor results) {
        keepValues(basin.kernels().optimizer(), values, k, results);
    }

    void keepValues(OptimizerKernels kernels, Tensor values, long k, Tensor results) {
        run(kernels, values, k, results, false);
    }

    /**
     * Lists the largest in the order of their indices.
     *
     * @param indices room for {@code min(k, size)} numbers, i32
     * @param entries room for as many, of the type of the values
     */
    public void list(Basin basin, Tensor values, long k, Tensor indices, Tensor entries) {
        requirePositive(k);
        OptimizerKernels kernels = basin.kernels().optimizer();
        long blocks = blocks(values.size());
        long count = Math.min(k, values.size());
        long bits = smallestKept(kernels, values, count, blocks);
        kernels.listLargest(
                values.type().code(), values.memory(), indices.memory(), entries.type().code(), entries.memory(), quotas, offsets, 0,
                blocks, values.size(), count, bits);
    }

    /** Keeps the signs of the largest. */
    void keepSigns(OptimizerKernels kernels, Tensor values, long k, Tensor results) {
        run(kernels, values, k, results, true);
    }

    private void run(OptimizerKernels kernels, Tensor values, long k, Tensor results, boolean signs) {
        requirePositive(k);
        long blocks = blocks(values.size());
        long bits = smallestKept(kernels, values, Math.min(k, values.size()), blocks);
        kernels.keepLargest(
                values.type().code(), values.memory(), results.type().code(), results.memory(), quotas, 0, blocks, values.size(),
                bits, signs ? 1 : 0);
    }

    private static void requirePositive(long k) {
        if (k < 1) {
            throw new IllegalArgumentException("k must be at least 1, got " + k);
        }
    }

    /** The magnitude bits of the k-th largest; what is kept of each block is left in the quotas and offsets. */
    private long smallestKept(OptimizerKernels kernels, Tensor values, long k, long blocks) {
        long above = 0;
        long left = k;
        java.util.Arrays.fill(larger, 0);
        for (long shift = values.type() == DataType.F64 ? 56 : 24; shift >= 0; shift -= 8) {
            kernels.magnitudeCounts(values.type().code(), values.memory(), counts, 0, blocks, values.size(), above, shift);
            addCounts(blocks);
            int digit = above == 0 ? LARGEST_FIRST_DIGIT : DIGITS - 1;
            while (digit > 0 && digitTotals[digit] < left) {
                left -= digitTotals[digit--];
            }
            addLarger(digit, blocks);
            above = above << 8 | digit;
        }
        shareQuotas((int) above & DIGITS - 1, blocks, left, k);
        return above;
    }

    private void addCounts(long blocks) {
        java.util.Arrays.fill(digitTotals, 0);
        for (long i = 0; i < blocks * DIGITS; i++) {
            digitTotals[(int) i & DIGITS - 1] += counts.getAtIndex(ValueLayout.JAVA_INT, i);
        }
    }

    /** How many of a block have a larger digit and the same ones above it, and are kept whatever follows. */
    private void addLarger(int digit, long blocks) {
        for (int block = 0; block < blocks; block++) {
            for (int above = digit + 1; above < DIGITS; above++) {
                larger[block] += counts.getAtIndex(ValueLayout.JAVA_INT, (long) block * DIGITS + above);
            }
        }
    }

    /** The first blocks' first: ties go to the lowest index. */
    private void shareQuotas(int digit, long blocks, long quota, long count) {
        long left = quota;
        long before = 0;
        for (int block = 0; block < blocks; block++) {
            offsets.setAtIndex(ValueLayout.JAVA_INT, block, (int) Math.max(0, Math.min(before, count - 1)));
            int own = (int) Math.min(left, counts.getAtIndex(ValueLayout.JAVA_INT, (long) block * DIGITS + digit));
            quotas.setAtIndex(ValueLayout.JAVA_INT, block, own);
            left -= own;
            before += larger[block] + own;
        }
    }
}
