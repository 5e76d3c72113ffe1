package dev.basin.loss;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.kernel.KernelDeclaration;
import dev.basin.kernel.LossKernels;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Softmax cross-entropy against target probabilities, with the gradient in the same pass.
 *
 * <p>With {@code z = logitScale * logits}, targets {@code q >= 0} that need not sum to 1, row weights {@code w}, smoothing
 * {@code s} and log-Z penalty {@code l}:
 *
 * <pre>{@code
 * t    = (1 - s) * q + s * (sum q) / classes
 * loss = w * (sum_k t_k (lse - z_k) + l * lse^2)
 * grad = logitScale * w * (p_k (sum t + 2 l lse) - t_k)
 * }</pre>
 *
 * The mean divides by the number of rows. One-hot targets give {@link CrossEntropy}.
 *
 * <p><b>Shapes.</b> logits and target probabilities {@code [rows, classes]}, f32 or bf16, any row stride; the gradient like the
 * logits, and it may be the logits themselves, not the targets. Defaults, edge cases, buffers and errors as in
 * {@link CrossEntropy}; there is no ignore index, a row of zero probabilities has loss 0 (without penalty). That targets are not
 * negative is the caller's part: it is not looked at.
 *
 * <p>Immutable; each method returns a changed copy.
 */
public final class SoftCrossEntropy {
    private static final KernelDeclaration DECLARATION =
            KernelDeclaration.of(LossKernels.class, "softCrossEntropyForwardBackward");

    private final double logitScale;
    private final double labelSmoothing;
    private final double logZPenalty;
    private final Reduction reduction;
    private final double gradientScale;

    /** The defaults. */
    public SoftCrossEntropy() {
        this(1, 0, 0, Reduction.MEAN, 1);
    }

    private SoftCrossEntropy(
            double logitScale, double labelSmoothing, double logZPenalty, Reduction reduction, double gradientScale) {
        this.logitScale = DECLARATION.checked("logitScale", logitScale);
        this.labelSmoothing = DECLARATION.checked("labelSmoothing", labelSmoothing);
        this.logZPenalty = DECLARATION.checked("logZPenalty", logZPenalty);
        this.reduction = reduction;
        this.gradientScale = DECLARATION.checked("gradScale", gradientScale);
    }

    /** Multiplies the logits: an inverse temperature; finite and above 0. */
    public SoftCrossEntropy logitScale(double scale) {
        return new SoftCrossEntropy(scale, labelSmoothing, logZPenalty, reduction, gradientScale);
    }

    /** How much of the targets' sum is spread over all classes; 0 to 1. */
    public SoftCrossEntropy labelSmoothing(double smoothing) {
        return new SoftCrossEntropy(logitScale, smoothing, logZPenalty, reduction, gradientScale);
    }

    /** The factor of {@code lse^2}; at least 0. */
    public SoftCrossEntropy logZPenalty(double penalty) {
        return new SoftCrossEntropy(logitScale, labelSmoothing, penalty, reduction, gradientScale);
    }

    /** How rows become one number, and what the gradient is of. */
    public SoftCrossEntropy reduction(Reduction how) {
        return new SoftCrossEntropy(logitScale, labelSmoothing, logZPenalty, how, gradientScale);
    }

    /** Multiplies the gradient, beside the mean's divisor. */
    public SoftCrossEntropy gradientScale(double scale) {
        return new SoftCrossEntropy(logitScale, labelSmoothing, logZPenalty, reduction, scale);
    }

    /** The reduced loss, with losses, lse or arg max by row. */
    public double forward(Basin basin, Tensor logits, Tensor targetProbabilities, RowBuffers buffers) {
        return run(basin, logits, targetProbabilities, null, buffers);
    }

    /** The reduced loss and its gradient. */
    public double forwardBackward(Basin basin, Tensor logits, Tensor targetProbabilities, Tensor gradLogits) {
        return forwardBackward(basin, logits, targetProbabilities, gradLogits, RowBuffers.NONE);
    }

    /** The reduced loss and its gradient, with losses, lse or arg max by row. */
    public double forwardBackward(
            Basin basin, Tensor logits, Tensor targetProbabilities, Tensor gradLogits, RowBuffers buffers) {
        Arguments.requireGiven("gradLogits", gradLogits);
        return run(basin, logits, targetProbabilities, gradLogits, buffers);
    }

    /** The gradient of {@link #forward} from the lse that it gave; the buffers' row weights and factor apply. */
    public void backward(
            Basin basin, Tensor logits, Tensor targetProbabilities, Tensor lse, Tensor gradLogits, RowBuffers buffers) {
        Arguments.requireGiven("gradLogits", gradLogits);
        Arguments.requireGiven("lse", lse);
        check(basin, logits, targetProbabilities, gradLogits, buffers);
        Arguments.requireVector("lse", lse, logits.rows(), false);
        basin.kernels().loss().softCrossEntropyBackward(
                logits.type().code(), logits.memory(), logits.rowStride(),
                targetProbabilities.type().code(), targetProbabilities.memory(), targetProbabilities.rowStride(),
                Arguments.type(buffers.rowWeights(), DataType.F32), Arguments.memory(buffers.rowWeights()),
                lse.type().code(), lse.memory(),
                gradLogits.type().code(), gradLogits.memory(), gradLogits.rowStride(),
                Arguments.memory(buffers.gradientFactor()), 0, logits.rows(), logits.columns(),
                logitScale, labelSmoothing, logZPenalty, gradientScale * divisorInverse(logits.rows()));
    }

    private double run(
            Basin basin, Tensor logits, Tensor targetProbabilities, @Nullable Tensor gradLogits, RowBuffers buffers) {
        check(basin, logits, targetProbabilities, gradLogits, buffers);
        long rows = logits.rows();
        double inverse = divisorInverse(rows);
        DataType lossType = RowLosses.type(buffers, logits);
        MemorySegment losses = RowLosses.acquire(basin, buffers, rows);
        try {
            basin.kernels().loss().softCrossEntropyForwardBackward(
                    logits.type().code(), logits.memory(), logits.rowStride(),
                    targetProbabilities.type().code(), targetProbabilities.memory(), targetProbabilities.rowStride(),
                    Arguments.type(buffers.rowWeights(), DataType.F32), Arguments.memory(buffers.rowWeights()),
                    lossType.code(), losses, Arguments.memory(buffers.lse()), Arguments.memory(buffers.argmax()),
                    Arguments.type(gradLogits, DataType.F32), Arguments.memory(gradLogits),
                    gradLogits == null ? logits.columns() : gradLogits.rowStride(),
                    Arguments.memory(buffers.gradientFactor()), 0, rows, logits.columns(),
                    logitScale, labelSmoothing, logZPenalty, gradientScale * inverse);
            return RowLosses.sum(basin, lossType, losses, rows) * inverse;
        } finally {
            RowLosses.release(basin, buffers, losses);
        }
    }

    private static void check(
            Basin basin, Tensor logits, Tensor targetProbabilities, @Nullable Tensor gradLogits, RowBuffers buffers) {
        Arguments.requireGiven("logits", logits);
        Arguments.requireGiven("targetProbabilities", targetProbabilities);
        Arguments.requireMatrix("targetProbabilities", targetProbabilities, logits);
        Arguments.requireMatrix("gradLogits", gradLogits, logits);
        Arguments.requireBuffers(buffers, logits.rows());
        Arguments.requireWeights(basin, "rowWeights", buffers.rowWeights());
    }

    private double divisorInverse(long rows) {
        return reduction == Reduction.SUM ? 1 : rows == 0 ? 0 : 1.0 / rows;
    }
}
