package dev.basin.loss;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.kernel.KernelDeclaration;
import dev.basin.kernel.Kernels;
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
 * <p>Shapes, edge cases and errors are those of {@link ClassificationLoss}. A target whose logit is negative infinity makes the
 * loss infinite and the gradient that of probability 0; with smoothing any such logit makes the loss infinite.
 *
 * <p><b>Defaults.</b> Scale 1, smoothing 0, penalty 0 (1e-4 is usual for language models), no class weights.
 */
public final class CrossEntropy extends ClassificationLoss<CrossEntropy> {
    private static final KernelDeclaration DECLARATION =
            KernelDeclaration.of(LossKernels.class, "crossEntropyForwardBackward");

    private final double logitScale;
    private final double labelSmoothing;
    private final double logZPenalty;
    private final @Nullable Tensor classWeights;

    /** The defaults. */
    public CrossEntropy() {
        this(LossOptions.DEFAULTS, 1, 0, 0, null);
    }

    private CrossEntropy(
            LossOptions options, double logitScale, double labelSmoothing, double logZPenalty, @Nullable Tensor classWeights) {
        super(options);
        this.logitScale = DECLARATION.checked("logitScale", logitScale);
        this.labelSmoothing = DECLARATION.checked("labelSmoothing", labelSmoothing);
        this.logZPenalty = DECLARATION.checked("logZPenalty", logZPenalty);
        this.classWeights = classWeights;
    }

    /** Multiplies the logits: an inverse temperature; finite and above 0. */
    public CrossEntropy logitScale(double scale) {
        return new CrossEntropy(options(), scale, labelSmoothing, logZPenalty, classWeights);
    }

    /** How much of the target is spread over all classes; 0 to 1. */
    public CrossEntropy labelSmoothing(double smoothing) {
        return new CrossEntropy(options(), logitScale, smoothing, logZPenalty, classWeights);
    }

    /** The factor of {@code lse^2}, which keeps the softmax's normaliser near 1; at least 0. */
    public CrossEntropy logZPenalty(double penalty) {
        return new CrossEntropy(options(), logitScale, labelSmoothing, penalty, classWeights);
    }

    /** A weight for each class, {@code [classes]} f32, finite and at least 0; null for none. Read at every call. */
    public CrossEntropy classWeights(@Nullable Tensor weights) {
        return new CrossEntropy(options(), logitScale, labelSmoothing, logZPenalty, weights);
    }

    /** The gradient of {@link #forward} from the lse that it gave; the buffers' row weights and factor apply. */
    public void backward(Basin basin, Tensor logits, Tensor targets, Tensor lse, Tensor gradLogits, RowBuffers buffers) {
        Arguments.requireGiven("gradLogits", gradLogits);
        Arguments.requireGiven("lse", lse);
        check(basin, logits, targets, gradLogits, buffers);
        Arguments.requireVector("lse", lse, logits.rows(), false);
        basin.kernels().loss().crossEntropyBackward(
                logits.type().code(), logits.memory(), logits.rowStride(), targets.memory(),
                weightsType(buffers), Arguments.memory(buffers.rowWeights()), Arguments.memory(classWeights),
                lse.type().code(), lse.memory(),
                gradLogits.type().code(), gradLogits.memory(), gradLogits.rowStride(),
                Arguments.memory(buffers.gradientFactor()), 0, logits.rows(), logits.columns(),
                logitScale, labelSmoothing, logZPenalty, options().gradientScale() * divisorInverse(basin, targets, buffers),
                options().ignoreIndex());
    }

    @Override
    CrossEntropy with(LossOptions changed) {
        return new CrossEntropy(changed, logitScale, labelSmoothing, logZPenalty, classWeights);
    }

    @Override
    void call(
            Kernels kernels, Tensor logits, Tensor targets, DataType lossType, MemorySegment losses,
            @Nullable Tensor gradLogits, RowBuffers buffers, double gradScale) {
        kernels.loss().crossEntropyForwardBackward(
                logits.type().code(), logits.memory(), logits.rowStride(), targets.memory(),
                weightsType(buffers), Arguments.memory(buffers.rowWeights()), Arguments.memory(classWeights),
                lossType.code(), losses, Arguments.memory(buffers.lse()), Arguments.memory(buffers.argmax()),
                Arguments.type(gradLogits, DataType.F32), Arguments.memory(gradLogits), stride(gradLogits, logits),
                Arguments.memory(buffers.gradientFactor()), 0, logits.rows(), logits.columns(),
                logitScale, labelSmoothing, logZPenalty, gradScale, options().ignoreIndex());
    }

    @Override
    void checkMore(Basin basin, Tensor logits, RowBuffers buffers) {
        Arguments.requireClassWeights(basin, classWeights, logits, buffers);
    }

    @Override
    @Nullable Tensor countedWeights() {
        return classWeights;
    }

    private int weightsType(RowBuffers buffers) {
        return Arguments.type(classWeights == null ? buffers.rowWeights() : classWeights, DataType.F32);
    }
}
