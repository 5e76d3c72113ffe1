package dev.basin.norm;

import dev.basin.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What the forward pass of a norm knows of each row and its backward pass needs: {@code [rows]} each, f32.
 * {@link RowNorm#allocateStatistics} makes what a norm asks for.
 *
 * @param mean of {@link LayerNorm}; the others have none
 * @param sum of {@link CrmsNorm}; the others have none
 * @param rstd the inverse of the root that the norm divides by
 */
public record NormStatistics(@Nullable Tensor mean, @Nullable Tensor sum, @Nullable Tensor rstd) {
    /** Nothing kept: for inference. */
    public static final NormStatistics NONE = new NormStatistics(null, null, null);

    void check(RowNorm<?> norm, long rows) {
        if (!norm.isCentred()) {
            NormArguments.requireAbsent("mean", mean, norm.label());
        }
        if (!norm.keepsSum()) {
            NormArguments.requireAbsent("sum", sum, norm.label());
        }
        NormArguments.requireVector("mean", mean, rows);
        NormArguments.requireVector("sum", sum, rows);
        NormArguments.requireVector("rstd", rstd, rows);
        NormArguments.requireSameType("rstd", rstd, "mean", mean);
        NormArguments.requireSameType("rstd", rstd, "sum", sum);
    }

    /** For the backward pass, which needs them all. */
    void requireComplete(RowNorm<?> norm) {
        NormArguments.requireGiven("rstd", rstd);
        if (norm.isCentred()) {
            NormArguments.requireGiven("mean", mean);
        }
        if (norm.keepsSum()) {
            NormArguments.requireGiven("sum", sum);
        }
    }

    int type() {
        return NormArguments.type(rstd, mean == null ? sum : mean);
    }
}
