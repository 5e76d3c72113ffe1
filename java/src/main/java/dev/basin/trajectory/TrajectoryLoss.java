package dev.basin.trajectory;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.dispatch.CommonChecks;
import dev.basin.dispatch.Partials;
import dev.basin.kernel.TrajectoryKernels;
import dev.basin.loss.Reduction;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Cross-entropy with a term that holds the outputs to those of earlier epochs (SAF) or of averaged weights (MESA): sharpness-aware
 * training at the price of the base optimizer (Du, Zhou, Feng, Tan and Zhou, NeurIPS 2022, arXiv 2205.14083).
 *
 * <p>For the logits {@code z} of a row with target {@code y}, the past logits {@code q} of the same example and label smoothing
 * {@code s}:
 *
 * <pre>{@code
 * t    = (1 - s) * onehot(y) + s / classes,  p = softmax(q / tau),  r = softmax(z / tau)
 * loss = -sum_k t_k log softmax(z)_k  +  lambda * tau^2 * sum_k p_k (log p_k - log r_k)
 * grad = softmax(z)_k - t_k  +  lambda * tau * (r_k - p_k)
 * }</pre>
 *
 * The second term counts in epochs after {@code start} and before {@code end}, both strict; in others the past is not read. The past
 * has no gradient. The paper writes no {@code tau^2}; its code has it, and so has this. As {@code tau} grows the term tends to the
 * squared distance of the centred logits over twice the number of classes.
 *
 * <p><b>Shapes.</b> logits {@code [rows, classes]} f32 or bf16, any row stride; targets {@code [rows]} i32, each a class or the ignore
 * index; the gradient like the logits, and it may be the logits; the {@link Past} f32, bf16 or f16, whatever the logits are.
 * {@link TrajectoryBuffers} are f32.
 *
 * <p><b>Defaults.</b> No smoothing; mean over the rows that count, with their weights; ignore index -100; gradient scale 1.
 *
 * <p><b>Edge cases.</b> Where past and present are equal the term is exactly 0, and near that it keeps its digits. A logit of negative
 * infinity whose past is larger makes the loss infinite and the gradient that of probability 0. A row with a NaN or a positive
 * infinity, or with nothing but negative infinity, in logits or past has a NaN loss and gradient; other rows are untouched. A past
 * that was never written is 0: uniform.
 *
 * <p><b>Errors.</b> {@link IllegalArgumentException} naming the argument, what it got and what it needs; outputs are untouched. Among
 * them: {@code start + 1 < lag}, where epochs would be held to a past that was never written.
 *
 * <p>Immutable; methods that set something return a changed copy.
 */
public final class TrajectoryLoss {
    private final TrajectoryOptions options;

    private TrajectoryLoss(TrajectoryOptions options) {
        this.options = options;
    }

    /** Against the outputs of 3 epochs ago: lambda 0.3, tau 5, after epoch 5 and before epoch 300. */
    public static TrajectoryLoss saf() {
        return new TrajectoryLoss(new TrajectoryOptions(0.3, 5, 0, 5, 300, 3, Reduction.MEAN, -100, 1));
    }

    /** Against the outputs of averaged weights: lambda 0.8, tau 5, after epoch 5 and before epoch 360. */
    public static TrajectoryLoss mesa() {
        return new TrajectoryLoss(new TrajectoryOptions(0.8, 5, 0, 5, 360, 0, Reduction.MEAN, -100, 1));
    }

    /** The factor of the divergence; finite and at least 0. */
    public TrajectoryLoss lambda(double factor) {
        return new TrajectoryLoss(options.lambda(factor));
    }

    /** The temperature of the divergence; finite and above 0. */
    public TrajectoryLoss tau(double temperature) {
        return new TrajectoryLoss(options.tau(temperature));
    }

    /** How much of the target is spread over all classes; at least 0 and below 1. */
    public TrajectoryLoss labelSmoothing(double smoothing) {
        return new TrajectoryLoss(options.labelSmoothing(smoothing));
    }

    /**
     * In which epochs the past counts, and how old it is.
     *
     * @param start the last epoch before it counts; at least {@code lag - 1}
     * @param end the first epoch in which it counts no more
     * @param lag how many epochs ago; 0 for a past that is no earlier epoch's
     */
    public TrajectoryLoss epochs(int start, int end, int lag) {
        return new TrajectoryLoss(options.epochs(start, end, lag));
    }

    /** How rows become one number, and what the gradient is of. */
    public TrajectoryLoss reduction(Reduction how) {
        return new TrajectoryLoss(options.reduction(how));
    }

    /** The target that means "leave this row out". */
    public TrajectoryLoss ignoreIndex(int index) {
        return new TrajectoryLoss(options.ignoreIndex(index));
    }

    /** Multiplies the gradient, beside the mean's divisor: a loss scale, or 1 over the number of micro-batches; finite. */
    public TrajectoryLoss gradientScale(double scale) {
        return new TrajectoryLoss(options.gradientScale(scale));
    }

    /** How many epochs lie between a model and the past it is held to. */
    public int lag() {
        return options.lag();
    }

    /** Whether the past counts in this epoch. */
    public boolean isActive(int epoch) {
        return options.start() < epoch && epoch < options.end();
    }

    /** The reduced loss and its gradient; the past may be null in an epoch where it does not count. */
    public double forwardBackward(
            Basin basin, int epoch, Tensor logits, Tensor targets, @Nullable Past past, Tensor gradLogits) {
        return forwardBackward(basin, epoch, logits, targets, past, gradLogits, TrajectoryBuffers.NONE);
    }

    /** The same with losses by row. */
    public double forwardBackward(
            Basin basin, int epoch, Tensor logits, Tensor targets, @Nullable Past past, Tensor gradLogits,
            TrajectoryBuffers buffers) {
        Checks.requireGiven("gradLogits", gradLogits);
        return run(basin, epoch, logits, targets, past, gradLogits, buffers);
    }

    /** The reduced loss alone. */
    public double forward(
            Basin basin, int epoch, Tensor logits, Tensor targets, @Nullable Past past, TrajectoryBuffers buffers) {
        return run(basin, epoch, logits, targets, past, null, buffers);
    }

    private double run(
            Basin basin, int epoch, Tensor logits, Tensor targets, @Nullable Past given, @Nullable Tensor gradLogits,
            TrajectoryBuffers buffers) {
        check(epoch, logits, targets, given, gradLogits, buffers);
        Past past = isActive(epoch) ? given : null;
        long rows = logits.rows();
        double inverse = Checks.divisorInverse(options, targets, buffers.rowWeights());
        DataType lossType = lossType(buffers, logits);
        Tensor losses = buffers.losses();
        MemorySegment written = losses != null ? losses.memory() : basin.scratch().acquire(rows * Double.BYTES);
        try {
            call(basin.kernels().trajectory(), logits, targets, past, lossType, written, gradLogits, buffers,
                    options.gradientScale() * inverse);
            return Partials.sum(lossType, written, rows) * inverse;
        } finally {
            if (losses == null) {
                basin.scratch().release(written);
            }
        }
    }

    private void call(
            TrajectoryKernels kernels, Tensor logits, Tensor targets, @Nullable Past past, DataType lossType,
            MemorySegment losses, @Nullable Tensor gradLogits, TrajectoryBuffers buffers, double gradScale) {
        Tensor table = past == null ? logits : past.logits();
        kernels.safLossForwardBackward(
                logits.type().code(), logits.memory(), logits.rowStride(),
                table.type().code(), past == null ? MemorySegment.NULL : table.memory(), table.rowStride(),
                past == null ? MemorySegment.NULL : Checks.memory(past.indices()), targets.memory(),
                Checks.type(buffers.rowWeights()), Checks.memory(buffers.rowWeights()),
                lossType.code(), losses, Checks.memory(buffers.crossEntropies()), Checks.memory(buffers.divergences()),
                Checks.type(gradLogits), Checks.memory(gradLogits),
                gradLogits == null ? logits.columns() : gradLogits.rowStride(), Checks.memory(buffers.gradientFactor()),
                0, logits.rows(), logits.columns(), table.rows(),
                options.lambda(), options.tau(), options.labelSmoothing(), gradScale, options.ignoreIndex());
    }

    private void check(
            int epoch, Tensor logits, Tensor targets, @Nullable Past past, @Nullable Tensor gradLogits,
            TrajectoryBuffers buffers) {
        Checks.requireGiven("logits", logits);
        Checks.requireGiven("targets", targets);
        Checks.requireGiven("buffers", buffers);
        Checks.requireIntegers("targets", targets, logits.rows());
        CommonChecks.requireReadable("targets", targets);
        Checks.requireMatrix("gradLogits", gradLogits, logits.rows(), logits.columns());
        Checks.requireBuffers(buffers, logits.rows());
        if (isActive(epoch)) {
            checkPast(epoch, logits, past);
        }
    }

    private void checkPast(int epoch, Tensor logits, @Nullable Past past) {
        if (past == null) {
            throw new IllegalArgumentException("past must be given in epoch " + epoch + ", which is after epoch "
                    + options.start() + " and before epoch " + options.end());
        }
        if (past.lag() != 0 && past.lag() != options.lag()) {
            throw new IllegalArgumentException(
                    "past must be of " + options.lag() + " epochs ago, as this loss was told, got one of " + past.lag());
        }
        Tensor indices = past.indices();
        Checks.requireMatrix("past", past.logits(), indices == null ? logits.rows() : past.logits().rows(), logits.columns());
        if (indices != null) {
            Checks.requireIntegers("indices", indices, logits.rows());
        }
    }

    private static DataType lossType(TrajectoryBuffers buffers, Tensor logits) {
        Tensor given = buffers.losses() != null ? buffers.losses()
                : buffers.crossEntropies() != null ? buffers.crossEntropies() : buffers.divergences();
        if (given != null) {
            return given.type();
        }
        return logits.type().computationType();
    }
}
