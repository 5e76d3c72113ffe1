package dev.basin.norm;

import dev.basin.Tensor;
import dev.basin.kernel.NormKernels;
import java.lang.foreign.Arena;

/**
 * Root mean square normalisation (Zhang and Sennrich, arXiv 1910.07467). For a row {@code x} of width {@code d}
 *
 * <pre>{@code
 * r = 1 / sqrt(mean(x^2) + epsilon);  xh = x r;  y = gamma xh
 * dx = r (g - xh mean(g xh)),  g = gamma dy;  dgamma = sum of dy xh over the rows
 * }</pre>
 *
 * On rows of mean 0 it is {@link LayerNorm} without a beta, which is what a converted Pre-LN network rests on
 * (arXiv 2305.14858, section 3). Shapes, types, what may be in place and errors are those of {@link RowNorm}; there is no beta.
 */
public final class RmsNorm extends RowNorm<RmsNorm> {
    /** With an epsilon of 1e-5. */
    public RmsNorm() {
        this(DEFAULT_EPSILON);
    }

    private RmsNorm(double epsilon) {
        super(epsilon);
    }

    @Override
    public RmsNorm epsilon(double value) {
        return new RmsNorm(value);
    }

    @Override
    public NormStatistics allocateStatistics(Arena arena, Tensor x) {
        return new NormStatistics(null, null, statistic(arena, x));
    }

    @Override
    void call(NormKernels kernels, NormForward pass) {
        kernels.rmsNormForward(
                pass.x().type().code(), pass.x().memory(), pass.x().rowStride(),
                pass.y().type().code(), NormArguments.memory(pass.branch()), NormArguments.stride(pass.branch()),
                NormArguments.memory(pass.residualOut()), NormArguments.stride(pass.residualOut()),
                pass.parameters().type(), NormArguments.memory(pass.parameters().gamma()),
                pass.y().memory(), pass.y().rowStride(),
                pass.statistics().type(), NormArguments.memory(pass.statistics().rstd()),
                0, pass.x().rows(), pass.x().columns(), epsilon());
    }

    @Override
    void call(NormKernels kernels, NormBackward pass, NormBackward.Partials partials) {
        kernels.rmsNormBackward(
                pass.gradY().type().code(), pass.gradY().memory(), pass.gradY().rowStride(),
                pass.x().type().code(), NormArguments.memory(pass.gradResidualOut()),
                NormArguments.stride(pass.gradResidualOut()), pass.x().memory(), pass.x().rowStride(),
                pass.statistics().type(), NormArguments.memory(pass.statistics().rstd()),
                pass.parameters().type(), NormArguments.memory(pass.parameters().gamma()),
                pass.gradX().memory(), pass.gradX().rowStride(),
                partials.type(), partials.gamma(), 0, pass.blocks(), pass.x().rows(), pass.x().columns());
    }

    @Override
    String label() {
        return "RmsNorm";
    }
}
