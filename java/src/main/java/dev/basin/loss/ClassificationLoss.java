package dev.basin.loss;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A loss of logits against class labels, with the gradient in the same pass. A trainer changes losses by changing which one it
 * makes.
 *
 * <p><b>Shapes.</b> logits {@code [rows, classes]}, f32 or bf16, any row stride; targets {@code [rows]} i32, each a class or the
 * ignore index; the gradient like the logits, f32 or bf16, and it may be the logits themselves. A bf16 gradient is rounded
 * once. {@link RowBuffers} takes row weights and a gradient factor, and receives losses and lse (f32) and the arg max (i32).
 *
 * <p><b>Defaults.</b> Mean over the rows that count, ignore index -100, gradient scale 1. The mean divides by the sum of the row
 * weights (1 where there are none) of the rows that are not ignored, unless a loss says otherwise; nothing to divide by gives 0.
 *
 * <p><b>Edge cases.</b> An ignored row has loss 0 and gradient 0. A logit of negative infinity has probability 0. A row with a NaN
 * or a positive infinity, or with nothing but negative infinity, has a NaN loss and gradient and leaves other rows alone.
 *
 * <p><b>On a device.</b> Targets, weights and all else may lie in a device's memory ({@link dev.basin.DeviceMemory}). What Java
 * would check there the kernel does: a target that is no class gives its row the loss NaN and the gradient 0; weights are not
 * looked at. Java cannot count there, so the mean needs {@link #meanDivisor}; the alternative is the sum, with a
 * {@linkplain RowBuffers#gradientFactor gradient factor} that was computed on the device. Losses that lie there are copied to be
 * summed, which waits for them.
 *
 * <p><b>Errors.</b> {@link IllegalArgumentException} naming the argument, what it got and what it needs; outputs are untouched.
 *
 * <p>Immutable; methods that set something return a changed copy.
 *
 * @param <L> the loss itself
 */
public abstract class ClassificationLoss<L extends ClassificationLoss<L>> {
    private final LossOptions options;

    ClassificationLoss(LossOptions options) {
        this.options = options;
    }

    /** The target that means "leave this row out". */
    public final L ignoreIndex(int index) {
        return with(options.ignoreIndex(index));
    }

    /** How rows become one number, and what the gradient is of. */
    public final L reduction(Reduction how) {
        return with(options.reduction(how));
    }

    /** Multiplies the gradient, beside the mean's divisor: a loss scale, or 1 over the number of micro-batches; finite. */
    public final L gradientScale(double scale) {
        return with(options.gradientScale(scale));
    }

    /**
     * What the mean divides by, instead of what is counted in the targets and row weights of a call: the number of rows of all
     * micro-batches, or that of targets on a device. Finite and at least 0; 0 makes the mean 0. The sum divides by nothing.
     */
    public final L meanDivisor(double divisor) {
        return with(options.meanDivisor(divisor));
    }

    /** The reduced loss. */
    public final double forward(Basin basin, Tensor logits, Tensor targets) {
        return run(basin, logits, targets, null, RowBuffers.NONE);
    }

    /** The reduced loss, with losses, lse or arg max by row. */
    public final double forward(Basin basin, Tensor logits, Tensor targets, RowBuffers buffers) {
        return run(basin, logits, targets, null, buffers);
    }

    /** The reduced loss and its gradient. */
    public final double forwardBackward(Basin basin, Tensor logits, Tensor targets, Tensor gradLogits) {
        return forwardBackward(basin, logits, targets, gradLogits, RowBuffers.NONE);
    }

    /** The reduced loss and its gradient, with losses, lse or arg max by row. */
    public final double forwardBackward(
            Basin basin, Tensor logits, Tensor targets, Tensor gradLogits, RowBuffers buffers) {
        Arguments.requireGiven("gradLogits", gradLogits);
        return run(basin, logits, targets, gradLogits, buffers);
    }

    /** For plain arrays: {@code logits} has as many rows as there are targets; the gradient may be written over the logits. */
    public final double forwardBackward(Basin basin, float[] logits, int[] targets, float[] gradLogits) {
        Arguments.requireGiven("targets", targets);
        Arguments.requireGiven("logits", logits);
        Arguments.requireGiven("gradLogits", gradLogits);
        long classes = Arguments.columns("logits", logits.length, targets.length);
        return run(basin, Tensor.of(logits, targets.length, classes), Tensor.of(targets),
                Tensor.of(gradLogits, targets.length, Arguments.columns("gradLogits", gradLogits.length, targets.length)),
                RowBuffers.NONE);
    }

    private double run(Basin basin, Tensor logits, Tensor targets, @Nullable Tensor gradLogits, RowBuffers buffers) {
        check(basin, logits, targets, gradLogits, buffers);
        long rows = logits.rows();
        double inverse = divisorInverse(basin, targets, buffers);
        DataType lossType = RowLosses.type(buffers, logits);
        MemorySegment losses = RowLosses.acquire(basin, buffers, rows);
        try {
            call(basin.kernels(), logits, targets, lossType, losses, gradLogits, buffers,
                    options.gradientScale() * inverse);
            return RowLosses.sum(basin, lossType, losses, rows) * inverse;
        } finally {
            RowLosses.release(basin, buffers, losses);
        }
    }

    /** The same loss with other options. */
    abstract L with(LossOptions changed);

    /** Crosses the seam. */
    abstract void call(
            Kernels kernels, Tensor logits, Tensor targets, DataType lossType, MemorySegment losses,
            @Nullable Tensor gradLogits, RowBuffers buffers, double gradScale);

    /** Checks what the loss has besides, such as class weights. */
    void checkMore(Basin basin, Tensor logits, RowBuffers buffers) {}

    /** Checks what the loss has for each of its rows. */
    void checkRows(Basin basin, long rows) {}

    /** The same loss for a part of its rows. */
    ClassificationLoss<?> ofRows(long begin, long count) {
        return this;
    }

    /** The class weights by which the mean counts its rows, beside row weights; null where each row is one. */
    @Nullable Tensor countedWeights() {
        return null;
    }

    final LossOptions options() {
        return options;
    }

    final void check(Basin basin, Tensor logits, Tensor targets, @Nullable Tensor gradLogits, RowBuffers buffers) {
        Arguments.requireGiven("logits", logits);
        Arguments.requireGiven("targets", targets);
        Arguments.requireVector("targets", targets, logits.rows(), true);
        Arguments.requireMatrix("gradLogits", gradLogits, logits);
        Arguments.requireBuffers(buffers, logits.rows());
        Arguments.requireReadable(basin, "targets", targets);
        Arguments.requireWeights(basin, "rowWeights", buffers.rowWeights());
        checkMore(basin, logits, buffers);
    }

    /** 1 for the sum; for the mean 1 over what is counted, or 0 if that is nothing. */
    final double divisorInverse(Basin basin, Tensor targets, RowBuffers buffers) {
        if (options.reduction() == Reduction.SUM) {
            return 1;
        }
        Double given = options.meanDivisor();
        double divisor = given != null ? given : count(basin, targets, buffers.rowWeights());
        return divisor == 0 ? 0 : 1 / divisor;
    }

    private double count(Basin basin, Tensor targets, @Nullable Tensor rowWeights) {
        Tensor classWeights = countedWeights();
        Arguments.requireCountable(basin, "targets", targets);
        Arguments.requireCountable(basin, "rowWeights", rowWeights);
        Arguments.requireCountable(basin, "classWeights", classWeights);
        double divisor = 0;
        for (long i = 0; i < targets.size(); i++) {
            int target = Arguments.integer(targets, i);
            if (target != options.ignoreIndex()) {
                divisor += weightOf(classWeights, target) * (rowWeights == null ? 1 : Arguments.real(rowWeights, i));
            }
        }
        return divisor;
    }

    /** The target may be out of range, which the seam refuses after this. */
    private static double weightOf(@Nullable Tensor classWeights, int target) {
        boolean weighted = classWeights != null && target >= 0 && target < classWeights.size();
        return weighted ? Arguments.real(classWeights, target) : 1;
    }

    static long stride(@Nullable Tensor gradLogits, Tensor logits) {
        return gradLogits == null ? logits.columns() : gradLogits.rowStride();
    }
}
