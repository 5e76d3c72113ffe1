package dev.basin.norm;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.dispatch.Scratch;
import dev.basin.kernel.NormKernels;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The arguments of one backward pass, and the two kernels that it takes where parameters have gradients. */
record NormBackward(
        Tensor gradY, @Nullable Tensor gradResidualOut, Tensor x, Tensor gradX, NormParameters parameters,
        NormStatistics statistics, NormGradients gradients) {
    /** Sums over each block of rows, between the kernels; {@code NULL} where no gradient is wanted. */
    record Partials(int type, MemorySegment gamma, MemorySegment beta) {}

    void run(Basin basin, RowNorm<?> norm) {
        check(norm);
        Scratch scratch = basin.scratch();
        DataType type = x.type().computationType();
        long bytes = blocks() * x.columns() * type.byteSize();
        MemorySegment gamma = gradients.gamma() == null ? MemorySegment.NULL : scratch.acquire(bytes);
        MemorySegment beta = gradients.beta() == null ? MemorySegment.NULL : scratch.acquire(bytes);
        try {
            // What the second kernel would refuse has to be refused before the first one writes.
            sum(basin.checks().norm(), type.code(), gamma, gradients.gamma());
            sum(basin.checks().norm(), type.code(), beta, gradients.beta());
            norm.call(basin.kernels().norm(), this, new Partials(type.code(), gamma, beta));
            sum(basin.kernels().norm(), type.code(), gamma, gradients.gamma());
            sum(basin.kernels().norm(), type.code(), beta, gradients.beta());
        } finally {
            release(scratch, gamma);
            release(scratch, beta);
        }
    }

    long blocks() {
        return Math.ceilDiv(x.rows(), NormKernels.ROW_BLOCK);
    }

    private void check(RowNorm<?> norm) {
        NormArguments.requireGiven("gradY", gradY);
        String input = gradResidualOut == null ? "x" : "residualOut";
        String output = gradResidualOut == null ? "gradX" : "gradResidual";
        NormArguments.requireGiven(input, x);
        NormArguments.requireGiven(output, gradX);
        NormArguments.requireGiven("parameters", parameters);
        NormArguments.requireGiven("statistics", statistics);
        NormArguments.requireGiven("gradients", gradients);
        NormArguments.requireMatrix("gradY", gradY, x);
        NormArguments.requireMatrix("gradResidualOut", gradResidualOut, x);
        NormArguments.requireMatrix(output, gradX, x);
        NormArguments.requireSameType(input, x, "gradResidualOut", gradResidualOut);
        NormArguments.requireSameType(input, x, output, gradX);
        parameters.check(norm, x.columns());
        statistics.check(norm, x.rows());
        statistics.requireComplete(norm);
        gradients.check(norm, x.columns());
        NormArguments.requireApart("gradGamma", gradients.gamma(), output, gradX);
        NormArguments.requireApart("gradBeta", gradients.beta(), output, gradX);
        NormArguments.requireApart("gradGamma", gradients.gamma(), "gradBeta", gradients.beta());
    }

    private void sum(NormKernels kernels, int type, MemorySegment partials, @Nullable Tensor gradient) {
        if (gradient != null) {
            kernels.sumRowBlocks(type, partials, x.columns(), gradient.type().code(), gradient.memory(), 0, x.columns(),
                    blocks(), gradients.accumulate() ? 1 : 0);
        }
    }

    private static void release(Scratch scratch, MemorySegment block) {
        if (block.address() != 0) {
            scratch.release(block);
        }
    }
}
