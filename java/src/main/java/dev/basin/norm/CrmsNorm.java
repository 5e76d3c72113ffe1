package dev.basin.norm;

import dev.basin.Tensor;
import dev.basin.kernel.NormKernels;
import java.lang.foreign.Arena;

/**
 * Compressed root mean square normalisation (Jiang, Gu, Zhu and Pan, arXiv 2305.14858, section 3.3): {@link RmsNorm} of a vector
 * of mean 0 whose last entry is left out, since it is minus the sum of the others. For a row {@code z} of width {@code d - 1}
 *
 * <pre>{@code
 * s = sum(z);  r = 1 / sqrt((sum(z^2) + s^2) / d + epsilon);  zh = z r;  y = gamma zh
 * dz = r (g - (zh + r s) sum(g zh) / d),  g = gamma dy;  dgamma = sum of dy zh over the rows
 * }</pre>
 *
 * The divisor is {@code d}, one more than the width of the tensor. {@link ZeroMean} compresses and expands. Shapes, types, what
 * may be in place and errors are those of {@link RowNorm}; there is no beta.
 */
public final class CrmsNorm extends RowNorm<CrmsNorm> {
    /** With an epsilon of 1e-5. */
    public CrmsNorm() {
        this(DEFAULT_EPSILON);
    }

    private CrmsNorm(double epsilon) {
        super(epsilon);
    }

    @Override
    public CrmsNorm epsilon(double value) {
        return new CrmsNorm(value);
    }

    @Override
    public NormStatistics allocateStatistics(Arena arena, Tensor x) {
        return new NormStatistics(null, statistic(arena, x), statistic(arena, x));
    }

    @Override
    void call(NormKernels kernels, NormForward pass) {
        kernels.crmsNormForward(
                pass.x().type().code(), pass.x().memory(), pass.x().rowStride(),
                pass.y().type().code(), NormArguments.memory(pass.branch()), NormArguments.stride(pass.branch()),
                NormArguments.memory(pass.residualOut()), NormArguments.stride(pass.residualOut()),
                pass.parameters().type(), NormArguments.memory(pass.parameters().gamma()),
                pass.y().memory(), pass.y().rowStride(),
                pass.statistics().type(), NormArguments.memory(pass.statistics().sum()),
                NormArguments.memory(pass.statistics().rstd()),
                0, pass.x().rows(), pass.x().columns(), epsilon());
    }

    @Override
    void call(NormKernels kernels, NormBackward pass, NormBackward.Partials partials) {
        kernels.crmsNormBackward(
                pass.gradY().type().code(), pass.gradY().memory(), pass.gradY().rowStride(),
                pass.x().type().code(), NormArguments.memory(pass.gradResidualOut()),
                NormArguments.stride(pass.gradResidualOut()), pass.x().memory(), pass.x().rowStride(),
                pass.statistics().type(), NormArguments.memory(pass.statistics().sum()),
                NormArguments.memory(pass.statistics().rstd()),
                pass.parameters().type(), NormArguments.memory(pass.parameters().gamma()),
                pass.gradX().memory(), pass.gradX().rowStride(),
                partials.type(), partials.gamma(), 0, pass.blocks(), pass.x().rows(), pass.x().columns());
    }

    @Override
    String label() {
        return "CrmsNorm";
    }

    @Override
    boolean keepsSum() {
        return true;
    }
}
