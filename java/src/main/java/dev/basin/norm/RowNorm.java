package dev.basin.norm;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.kernel.KernelDeclaration;
import dev.basin.kernel.NormKernels;
import java.lang.foreign.Arena;

/**
 * A norm over rows: {@code y = gamma xh + beta}, where {@code xh} is the row, centred or not, divided by a root of its mean
 * square. A model changes norms by changing which one it makes.
 *
 * <p><b>Shapes.</b> {@code x} and {@code y} are {@code [rows, width]}, f32 or bf16, any row stride. The residual stream (x, the
 * sums with a branch, the gradients by them) has one type, branches and y another or the same: a trainer may keep an f32 stream
 * around bf16 layers. Arithmetic is f32 or better, statistics are f32; a bf16 result is rounded once.
 *
 * <p><b>In place.</b> {@code y} and the new residual may be written over the residual or the branch, but not over each other; a
 * gradient by x over any tensor that its pass reads, at the same type and stride.
 *
 * <p><b>Parameters' gradients</b> are added up by blocks of {@value dev.basin.kernel.NormKernels#ROW_BLOCK} rows, then over the
 * blocks in order and in double, so they do not depend on the number of threads.
 *
 * <p><b>Edge cases.</b> A row of zeros has {@code xh = 0} and a finite gradient. Rows of any magnitude from 1e-30 to 1e30 are
 * right, their gradients too. A NaN or an infinity spoils its own row, and its share of the parameters' gradients.
 *
 * <p><b>Errors.</b> {@link IllegalArgumentException} naming the argument, what it got and what it needs; outputs are untouched.
 *
 * <p>Immutable; {@link #epsilon} returns a changed copy.
 *
 * @param <N> the norm itself
 */
public abstract sealed class RowNorm<N extends RowNorm<N>> permits LayerNorm, RmsNorm, CrmsNorm {
    /** The authors' default; 1e-6 is common for RMSNorm. */
    static final double DEFAULT_EPSILON = 1e-5;

    private static final KernelDeclaration DECLARATION = KernelDeclaration.of(NormKernels.class, "layerNormForward");

    private final double epsilon;

    RowNorm(double epsilon) {
        this.epsilon = DECLARATION.checked("epsilon", epsilon);
    }

    /** What is added to the mean square before its root; above 0, 1e-5 by default. */
    public abstract N epsilon(double value);

    /** What is added to the mean square before its root. */
    public final double epsilon() {
        return epsilon;
    }

    /** Room for what {@link #backward} needs to know of the rows of {@code x}. */
    public abstract NormStatistics allocateStatistics(Arena arena, Tensor x);

    /** {@code y} from {@code x}, keeping nothing. */
    public final void forward(Basin basin, Tensor x, NormParameters parameters, Tensor y) {
        forward(basin, x, parameters, y, NormStatistics.NONE);
    }

    /** {@code y} from {@code x}, with statistics for the backward pass. */
    public final void forward(Basin basin, Tensor x, NormParameters parameters, Tensor y, NormStatistics statistics) {
        new NormForward(x, null, null, y, parameters, statistics).run(basin, this);
    }

    /** {@code residualOut = residual + branch}, and {@code y} from {@code residualOut} as it was stored. */
    public final void addForward(
            Basin basin, Tensor residual, Tensor branch, NormParameters parameters, Tensor residualOut, Tensor y,
            NormStatistics statistics) {
        NormArguments.requireGiven("branch", branch);
        NormArguments.requireGiven("residualOut", residualOut);
        new NormForward(residual, branch, residualOut, y, parameters, statistics).run(basin, this);
    }

    /**
     * The gradients by {@code x} and by the parameters, from the gradient by {@code y}, the x of the forward pass and its
     * statistics.
     */
    public final void backward(
            Basin basin, Tensor gradY, Tensor x, NormParameters parameters, NormStatistics statistics, Tensor gradX,
            NormGradients gradients) {
        new NormBackward(gradY, null, x, gradX, parameters, statistics, gradients).run(basin, this);
    }

    /**
     * The gradient by the residual, which is also that by the branch: that of {@link #backward} plus {@code gradResidualOut}, the
     * gradient which reaches the sum past the norm.
     */
    public final void addBackward(
            Basin basin, Tensor gradY, Tensor gradResidualOut, Tensor residualOut, NormParameters parameters,
            NormStatistics statistics, Tensor gradResidual, NormGradients gradients) {
        NormArguments.requireGiven("gradResidualOut", gradResidualOut);
        new NormBackward(gradY, gradResidualOut, residualOut, gradResidual, parameters, statistics, gradients).run(basin, this);
    }

    /** Crosses the seam forwards. */
    abstract void call(NormKernels kernels, NormForward pass);

    /** Crosses the seam backwards. */
    abstract void call(NormKernels kernels, NormBackward pass, NormBackward.Partials partials);

    /** The name for messages. */
    abstract String label();

    /** Whether there is a beta, and a mean among the statistics. */
    boolean isCentred() {
        return false;
    }

    /** Whether there is a sum among the statistics. */
    boolean keepsSum() {
        return false;
    }

    static Tensor statistic(Arena arena, Tensor x) {
        return Tensor.allocate(arena, x.type().computationType(), x.rows());
    }
}
