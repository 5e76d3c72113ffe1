package dev.basin.norm;

import dev.basin.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What a norm multiplies its normalised rows with and adds to them; each absent means 1 and 0. Both are {@code [width]} without
 * gaps, of one type, f32 or bf16. Prepare one and use it again: it copies nothing.
 *
 * @param gamma multiplies
 * @param beta is added; {@link LayerNorm} alone takes one
 */
public record NormParameters(@Nullable Tensor gamma, @Nullable Tensor beta) {
    /** Neither. */
    public static final NormParameters NONE = new NormParameters(null, null);

    /** Gamma alone. */
    public NormParameters(@Nullable Tensor gamma) {
        this(gamma, null);
    }

    void check(RowNorm<?> norm, long width) {
        if (!norm.isCentred()) {
            NormArguments.requireAbsent("beta", beta, norm.label());
        }
        NormArguments.requireVector("gamma", gamma, width);
        NormArguments.requireVector("beta", beta, width);
        NormArguments.requireSameType("gamma", gamma, "beta", beta);
    }

    int type() {
        return NormArguments.type(gamma, beta);
    }
}
