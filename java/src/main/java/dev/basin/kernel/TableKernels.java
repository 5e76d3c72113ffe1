package dev.basin.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Kernels over many tensors in one launch, on a device; {@code native/include/basin/cuda/table.h} says what is in a table. Each does for
 * every row what the kernel of the same name without {@code Many} does for one tensor. Nothing is checked here.
 */
public interface TableKernels {
    /** How many elements of a row a block has. */
    long BLOCK = 1024;

    /** The same where a kernel leaves sums of blocks. */
    long SUMMED_BLOCK = 65536;

    /** @param words in the host's memory, all others in the device's */
    void tableWrite(MemorySegment to, MemorySegment words, long count);

    void adamwStepMany(
            MemorySegment table, long rows, long blocks, MemorySegment gradFactor,
            double learningRate, double beta1, double beta2, double epsilon, double weightDecay, double gradScale, long step);

    void lionStepMany(
            MemorySegment table, long rows, long blocks, MemorySegment gradFactor,
            double learningRate, double beta1, double beta2, double weightDecay, double gradScale);

    void lionKStepMany(
            MemorySegment table, long rows, long blocks, MemorySegment gradFactor,
            int kind, double learningRate, double beta1, double beta2, double weightDecay, double smoothing, double gradScale);

    void sgdMomentumStepMany(
            MemorySegment table, long rows, long blocks, MemorySegment gradFactor,
            double learningRate, double momentum, double dampening, int nesterov, double weightDecay, double gradScale, long step);

    void emaUpdateMany(MemorySegment table, long rows, long blocks, double decay);

    void squaredNormMany(MemorySegment table, long rows, long blocks, MemorySegment partials);

    void samNormMany(MemorySegment table, long rows, long blocks, MemorySegment partials, int adaptive, double eta);

    void samPerturbMany(
            MemorySegment table, long rows, long blocks, MemorySegment norm, MemorySegment gradFactor,
            int saved, double rho, int adaptive, double eta, double gradScale);

    void samRestoreMany(
            MemorySegment table, long rows, long blocks, MemorySegment norm, MemorySegment ascentFactor,
            int saved, double rho, int adaptive, double eta, double ascentScale);
}
