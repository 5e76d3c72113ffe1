package dev.basin.loss;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.kernel.KernelDeclaration;
import dev.basin.kernel.LossKernels;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Softmax cross-entropy against class labels, with the gradient in the same pass.
 *
 * <p>With {@code z = logitScale * logits}, class weights {@code c}, row weights {@code w}, label smoothing {@code s} and log-Z
 * penalty {@code l}, the loss of a row with target {@code y} is
 *
 * <pre>{@code
 * t    = (1 - s) * onehot(y) + s / classes
 * loss = w * (sum_k c_k t_k (lse - z_k) + l * lse^2)        lse = log sum_k exp(z_k)
 * }</pre>
 *
 * and its gradient by the logits {@code logitScale * w * (p_k (sum_j c_j t_j + 2 l lse) - c_k t_k)}. The mean divides by the
 * sum of {@code w * c_y} over the rows that are not ignored. Smoothing, class weights and the mean are PyTorch's; the penalty
 * is PaLM's (arXiv 2204.02311).
 *
 * <p><b>Shapes.</b> logits {@code [rows, classes]}, f32 or bf16, any row stride; targets {@code [rows]} i32, each a class or the
 * ignore index; the gradient like the logits, f32 or bf16, and it may be the logits themselves. A bf16 gradient is rounded
 * once. {@link RowBuffers} takes row weights and receives losses and lse (f32) and the arg max (i32).
 *
 * <p><b>Defaults.</b> scale 1, smoothing 0, penalty 0 (1e-4 is usual for language models), ignore index -100, no class weights,
 * mean, gradient scale 1.
 *
 * <p><b>Edge cases.</b> An ignored row has loss 0 and gradient 0. A logit of negative infinity has probability 0; as a target it
 * makes the loss infinite and the gradient that of probability 0. A row with a NaN or a positive infinity, or with nothing but
 * negative infinity, has a NaN loss and gradient and leaves other rows alone. With nothing to average the mean is 0.
 *
 * <p><b>Errors.</b> {@link IllegalArgumentException} naming the argument, what it got and what it needs; outputs are untouched.
 *
 * <p>Immutable; each method returns a changed copy.
 */
public final class CrossEntropy {
    private static final KernelDeclaration DECLARATION =
            KernelDeclaration.of(LossKernels.class, "crossEntropyForwardBackward");

    private final double logitScale;
    private final double labelSmoothing;
    private final double logZPenalty;
    private final int ignoreIndex;
    private final @Nullable Tensor classWeights;
    private final Reduction reduction;
    private final double gradientScale;

    /** The defaults. */
    public CrossEntropy() {
        this(1, 0, 0, -100, null, Reduction.MEAN, 1);
    }

    private CrossEntropy(
            double logitScale, double labelSmoothing, double logZPenalty, int ignoreIndex, @Nullable Tensor classWeights,
            Reduction reduction, double gradientScale) {
        this.logitScale = DECLARATION.checked("logitScale", logitScale);
        this.labelSmoothing = DECLARATION.checked("labelSmoothing", labelSmoothing);
        this.logZPenalty = DECLARATION.checked("logZPenalty", logZPenalty);
        this.ignoreIndex = ignoreIndex;
        this.classWeights = classWeights;
        this.reduction = reduction;
        this.gradientScale = DECLARATION.checked("gradScale", gradientScale);
    }

    /** Multiplies the logits: an inverse temperature; finite and above 0. */
    public CrossEntropy logitScale(double scale) {
        return new CrossEntropy(scale, labelSmoothing, logZPenalty, ignoreIndex, classWeights, reduction, gradientScale);
    }

    /** How much of the target is spread over all classes; 0 to 1. */
    public CrossEntropy labelSmoothing(double smoothing) {
        return new CrossEntropy(logitScale, smoothing, logZPenalty, ignoreIndex, classWeights, reduction, gradientScale);
    }

    /** The factor of {@code lse^2}, which keeps the softmax's normaliser near 1; at least 0. */
    public CrossEntropy logZPenalty(double penalty) {
        return new CrossEntropy(logitScale, labelSmoothing, penalty, ignoreIndex, classWeights, reduction, gradientScale);
    }

    /** The target that means "leave this row out". */
    public CrossEntropy ignoreIndex(int index) {
        return new CrossEntropy(logitScale, labelSmoothing, logZPenalty, index, classWeights, reduction, gradientScale);
    }

    /** A weight for each class, {@code [classes]} f32, finite and at least 0; null for none. Read at every call. */
    public CrossEntropy classWeights(@Nullable Tensor weights) {
        return new CrossEntropy(logitScale, labelSmoothing, logZPenalty, ignoreIndex, weights, reduction, gradientScale);
    }

    /** How rows become one number, and what the gradient is of. */
    public CrossEntropy reduction(Reduction how) {
        return new CrossEntropy(logitScale, labelSmoothing, logZPenalty, ignoreIndex, classWeights, how, gradientScale);
    }

    /** Multiplies the gradient, beside the mean's divisor: a loss scale, or 1 over the number of micro-batches. */
    public CrossEntropy gradientScale(double scale) {
        return new CrossEntropy(logitScale, labelSmoothing, logZPenalty, ignoreIndex, classWeights, reduction, scale);
    }

    /** The reduced loss. */
    public double forward(Basin basin, Tensor logits, Tensor targets) {
        return run(basin, logits, targets, null, RowBuffers.NONE);
    }

    /** The reduced loss, with losses, lse or arg max by row. */
    public double forward(Basin basin, Tensor logits, Tensor targets, RowBuffers buffers) {
        return run(basin, logits, targets, null, buffers);
    }

    /** The reduced loss and its gradient. */
    public double forwardBackward(Basin basin, Tensor logits, Tensor targets, Tensor gradLogits) {
        return forwardBackward(basin, logits, targets, gradLogits, RowBuffers.NONE);
    }

    /** The reduced loss and its gradient, with losses, lse or arg max by row. */
    public double forwardBackward(Basin basin, Tensor logits, Tensor targets, Tensor gradLogits, RowBuffers buffers) {
        Arguments.requireGiven("gradLogits", gradLogits);
        return run(basin, logits, targets, gradLogits, buffers);
    }

    /** For plain arrays: {@code logits} has as many rows as there are targets; the gradient may be written over the logits. */
    public double forwardBackward(Basin basin, float[] logits, int[] targets, float[] gradLogits) {
        Arguments.requireGiven("targets", targets);
        Arguments.requireGiven("logits", logits);
        Arguments.requireGiven("gradLogits", gradLogits);
        long classes = Arguments.columns("logits", logits.length, targets.length);
        return run(basin, Tensor.of(logits, targets.length, classes), Tensor.of(targets),
                Tensor.of(gradLogits, targets.length, Arguments.columns("gradLogits", gradLogits.length, targets.length)),
                RowBuffers.NONE);
    }

    /** The gradient of {@link #forward} from the lse that it gave; the buffers' row weights and factor apply. */
    public void backward(Basin basin, Tensor logits, Tensor targets, Tensor lse, Tensor gradLogits, RowBuffers buffers) {
        Arguments.requireGiven("gradLogits", gradLogits);
        Arguments.requireGiven("lse", lse);
        check(logits, targets, gradLogits, buffers);
        Arguments.requireVector("lse", lse, logits.rows(), false);
        basin.kernels().loss().crossEntropyBackward(
                logits.type().code(), logits.memory(), logits.rowStride(), targets.memory(),
                weightsType(buffers), Arguments.memory(buffers.rowWeights()), Arguments.memory(classWeights),
                lse.type().code(), lse.memory(),
                gradLogits.type().code(), gradLogits.memory(), gradLogits.rowStride(),
                Arguments.memory(buffers.gradientFactor()), 0, logits.rows(), logits.columns(),
                logitScale, labelSmoothing, logZPenalty, gradientScale * divisorInverse(targets, buffers), ignoreIndex);
    }

    private double run(Basin basin, Tensor logits, Tensor targets, @Nullable Tensor gradLogits, RowBuffers buffers) {
        check(logits, targets, gradLogits, buffers);
        long rows = logits.rows();
        double inverse = divisorInverse(targets, buffers);
        DataType lossType = RowLosses.type(buffers, logits);
        MemorySegment losses = RowLosses.acquire(basin, buffers, rows);
        try {
            basin.kernels().loss().crossEntropyForwardBackward(
                    logits.type().code(), logits.memory(), logits.rowStride(), targets.memory(),
                    weightsType(buffers), Arguments.memory(buffers.rowWeights()), Arguments.memory(classWeights),
                    lossType.code(), losses, Arguments.memory(buffers.lse()), Arguments.memory(buffers.argmax()),
                    Arguments.type(gradLogits, DataType.F32), Arguments.memory(gradLogits),
                    gradLogits == null ? logits.columns() : gradLogits.rowStride(),
                    Arguments.memory(buffers.gradientFactor()), 0, rows, logits.columns(),
                    logitScale, labelSmoothing, logZPenalty, gradientScale * inverse, ignoreIndex);
            return RowLosses.sum(lossType, losses, rows) * inverse;
        } finally {
            RowLosses.release(basin, buffers, losses);
        }
    }

    private void check(Tensor logits, Tensor targets, @Nullable Tensor gradLogits, RowBuffers buffers) {
        Arguments.requireGiven("logits", logits);
        Arguments.requireGiven("targets", targets);
        Arguments.requireVector("targets", targets, logits.rows(), true);
        Arguments.requireMatrix("gradLogits", gradLogits, logits);
        Arguments.requireBuffers(buffers, logits.rows());
        Arguments.requireVector("classWeights", classWeights, logits.columns(), false);
        Arguments.requireReadable("targets", targets);
        Arguments.requireWeights("rowWeights", buffers.rowWeights());
        Arguments.requireWeights("classWeights", classWeights);
        Arguments.requireSameType("rowWeights", buffers.rowWeights(), "classWeights", classWeights);
    }

    private int weightsType(RowBuffers buffers) {
        return Arguments.type(classWeights == null ? buffers.rowWeights() : classWeights, DataType.F32);
    }

    /** 1 for the sum; for the mean 1 over the weights of the rows that count, or 0 if there are none. */
    private double divisorInverse(Tensor targets, RowBuffers buffers) {
        if (reduction == Reduction.SUM) {
            return 1;
        }
        Tensor rowWeights = buffers.rowWeights();
        double divisor = 0;
        for (long i = 0; i < targets.size(); i++) {
            int target = Arguments.integer(targets, i);
            if (target != ignoreIndex) {
                double classWeight = classWeights == null || target < 0 || target >= classWeights.size()
                        ? 1
                        : Arguments.real(classWeights, target);
                divisor += classWeight * (rowWeights == null ? 1 : Arguments.real(rowWeights, i));
            }
        }
        return divisor == 0 ? 0 : 1 / divisor;
    }
}
