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
 * The focal loss in its softmax form (Lin et al., Focal Loss for Dense Object Detection, arXiv 1708.02002): cross-entropy that
 * looks away from rows it is already sure of.
 *
 * <p>With {@code p = softmax(logits)}, {@code u = -log p_y} for the target {@code y} and class weights {@code alpha}:
 *
 * <pre>{@code
 * loss = alpha_y (1 - p_y)^gamma u
 * grad = alpha_y ((1 - p_y)^gamma + gamma p_y (1 - p_y)^(gamma - 1) u) (p_k - [k = y])
 * }</pre>
 *
 * {@code gamma} 0 is {@link CrossEntropy} to the bit. The paper's loss is for sigmoids; this is its usual form for classes that
 * exclude each other. The mean divides by the rows that count (their row weights), not by {@code alpha}.
 *
 * <p>{@code 1 - p_y} is formed from the other classes, so that it is exact where {@code p_y} is near 1. A target whose logit is
 * negative infinity makes the loss infinite. Shapes, edge cases and errors are those of {@link ClassificationLoss}. Defaults: gamma 2,
 * no class weights.
 */
public final class FocalCrossEntropy extends ClassificationLoss<FocalCrossEntropy> {
    private static final KernelDeclaration DECLARATION =
            KernelDeclaration.of(LossKernels.class, "focalCrossEntropyForwardBackward");

    private final double gamma;
    private final @Nullable Tensor classWeights;

    /** The defaults. */
    public FocalCrossEntropy() {
        this(LossOptions.DEFAULTS, 2, null);
    }

    private FocalCrossEntropy(LossOptions options, double gamma, @Nullable Tensor classWeights) {
        super(options);
        this.gamma = DECLARATION.checked("gamma", gamma);
        this.classWeights = classWeights;
    }

    /** How much sure rows are neglected; finite and at least 0. */
    public FocalCrossEntropy gamma(double focusing) {
        return new FocalCrossEntropy(options(), focusing, classWeights);
    }

    /** The paper's alpha: a weight for each class, {@code [classes]} f32, finite and at least 0; null for none. */
    public FocalCrossEntropy classWeights(@Nullable Tensor weights) {
        return new FocalCrossEntropy(options(), gamma, weights);
    }

    @Override
    FocalCrossEntropy with(LossOptions changed) {
        return new FocalCrossEntropy(changed, gamma, classWeights);
    }

    @Override
    void call(
            Kernels kernels, Tensor logits, Tensor targets, DataType lossType, MemorySegment losses,
            @Nullable Tensor gradLogits, RowBuffers buffers, double gradScale) {
        Tensor weights = classWeights == null ? buffers.rowWeights() : classWeights;
        kernels.loss().focalCrossEntropyForwardBackward(
                logits.type().code(), logits.memory(), logits.rowStride(), targets.memory(),
                Arguments.type(weights, DataType.F32), Arguments.memory(buffers.rowWeights()), Arguments.memory(classWeights),
                lossType.code(), losses, Arguments.memory(buffers.lse()), Arguments.memory(buffers.argmax()),
                Arguments.type(gradLogits, DataType.F32), Arguments.memory(gradLogits), stride(gradLogits, logits),
                Arguments.memory(buffers.gradientFactor()), 0, logits.rows(), logits.columns(),
                gamma, gradScale, options().ignoreIndex());
    }

    @Override
    void checkMore(Basin basin, Tensor logits, RowBuffers buffers) {
        Arguments.requireClassWeights(basin, classWeights, logits, buffers);
    }
}
