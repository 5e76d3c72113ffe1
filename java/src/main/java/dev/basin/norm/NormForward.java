package dev.basin.norm;

import dev.basin.Basin;
import dev.basin.Tensor;
import org.jspecify.annotations.Nullable;

/** The arguments of one forward pass. */
record NormForward(
        Tensor x, @Nullable Tensor branch, @Nullable Tensor residualOut, Tensor y, NormParameters parameters,
        NormStatistics statistics) {
    void run(Basin basin, RowNorm<?> norm) {
        check(norm);
        norm.call(basin.kernels().norm(), this);
    }

    private void check(RowNorm<?> norm) {
        String input = branch == null ? "x" : "residual";
        NormArguments.requireGiven(input, x);
        NormArguments.requireGiven("y", y);
        NormArguments.requireGiven("parameters", parameters);
        NormArguments.requireGiven("statistics", statistics);
        NormArguments.requireMatrix("branch", branch, x);
        NormArguments.requireMatrix("residualOut", residualOut, x);
        NormArguments.requireMatrix("y", y, x);
        NormArguments.requireSameType(input, x, "residualOut", residualOut);
        NormArguments.requireSameType("branch", branch, "y", y);
        parameters.check(norm, x.columns());
        statistics.check(norm, x.rows());
    }
}
