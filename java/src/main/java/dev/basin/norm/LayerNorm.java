package dev.basin.norm;

import dev.basin.Tensor;
import dev.basin.kernel.NormKernels;
import java.lang.foreign.Arena;

/**
 * Layer normalisation (Ba, Kiros and Hinton, arXiv 1607.06450). For a row {@code x} of width {@code d}
 *
 * <pre>{@code
 * m = mean(x);  r = 1 / sqrt(mean((x - m)^2) + epsilon);  xh = (x - m) r;  y = gamma xh + beta
 * dx = r (g - mean(g) - xh mean(g xh)),  g = gamma dy
 * dgamma = sum of dy xh over the rows,  dbeta = sum of dy over the rows
 * }</pre>
 *
 * The variance is the biased one, taken about the mean in a second pass: {@code E[x^2] - E[x]^2} in f32 would be wrong for a row
 * such as {@code 4096 + k / 1024}. The backward pass corrects the saved mean for its rounding to f32 from x itself, so such rows
 * keep their digits there too. A constant row gives {@code y = beta} exactly.
 *
 * <p>Shapes, types, what may be in place and errors are those of {@link RowNorm}.
 */
public final class LayerNorm extends RowNorm<LayerNorm> {
    /** With an epsilon of 1e-5. */
    public LayerNorm() {
        this(DEFAULT_EPSILON);
    }

    private LayerNorm(double epsilon) {
        super(epsilon);
    }

    @Override
    public LayerNorm epsilon(double value) {
        return new LayerNorm(value);
    }

    @Override
    public NormStatistics allocateStatistics(Arena arena, Tensor x) {
        return new NormStatistics(statistic(arena, x), null, statistic(arena, x));
    }

    @Override
    void call(NormKernels kernels, NormForward pass) {
        kernels.layerNormForward(
                pass.x().type().code(), pass.x().memory(), pass.x().rowStride(),
                pass.y().type().code(), NormArguments.memory(pass.branch()), NormArguments.stride(pass.branch()),
                NormArguments.memory(pass.residualOut()), NormArguments.stride(pass.residualOut()),
                pass.parameters().type(), NormArguments.memory(pass.parameters().gamma()),
                NormArguments.memory(pass.parameters().beta()), pass.y().memory(), pass.y().rowStride(),
                pass.statistics().type(), NormArguments.memory(pass.statistics().mean()),
                NormArguments.memory(pass.statistics().rstd()),
                0, pass.x().rows(), pass.x().columns(), epsilon());
    }

    @Override
    void call(NormKernels kernels, NormBackward pass, NormBackward.Partials partials) {
        kernels.layerNormBackward(
                pass.gradY().type().code(), pass.gradY().memory(), pass.gradY().rowStride(),
                pass.x().type().code(), NormArguments.memory(pass.gradResidualOut()),
                NormArguments.stride(pass.gradResidualOut()), pass.x().memory(), pass.x().rowStride(),
                pass.statistics().type(), NormArguments.memory(pass.statistics().mean()),
                NormArguments.memory(pass.statistics().rstd()),
                pass.parameters().type(), NormArguments.memory(pass.parameters().gamma()),
                pass.gradX().memory(), pass.gradX().rowStride(),
                partials.type(), partials.gamma(), partials.beta(), 0, pass.blocks(), pass.x().rows(), pass.x().columns());
    }

    @Override
    String label() {
        return "LayerNorm";
    }

    @Override
    boolean isCentred() {
        return true;
    }
}
