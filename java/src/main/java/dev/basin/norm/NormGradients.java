package dev.basin.norm;

import dev.basin.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Where the backward pass of a norm puts the gradients of its parameters; {@code [width]} each without gaps, f32 or bf16, absent
 * where not wanted. They are defined for absent parameters too, at 1 and 0.
 *
 * @param accumulate whether gradients are added to what is there, as trainers do over micro-batches, rather than stored
 */
public record NormGradients(@Nullable Tensor gamma, @Nullable Tensor beta, boolean accumulate) {
    /** None wanted. */
    public static final NormGradients NONE = new NormGradients(null, null);

    /** Stored. */
    public NormGradients(@Nullable Tensor gamma, @Nullable Tensor beta) {
        this(gamma, beta, false);
    }

    /** Gamma's alone, stored. */
    public NormGradients(@Nullable Tensor gamma) {
        this(gamma, null, false);
    }

    public NormGradients accumulate(boolean yes) {
        return new NormGradients(gamma, beta, yes);
    }

    void check(RowNorm<?> norm, long width) {
        if (!norm.isCentred()) {
            NormArguments.requireAbsent("gradBeta", beta, norm.label());
        }
        NormArguments.requireVector("gradGamma", gamma, width);
        NormArguments.requireVector("gradBeta", beta, width);
    }
}
