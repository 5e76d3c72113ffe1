package dev.basin.loss;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.kernel.KernelDeclaration;
import dev.basin.kernel.Kernels;
import dev.basin.kernel.OutputKernels;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The Z-loss: a classification loss that neither a shift nor a scale of a row's logits changes (de Brebisson and Vincent, The Z-loss,
 * 2016, arXiv 1604.08859).
 *
 * <p>With {@code mu} and {@code sigma} the mean and the (biased) deviation of a row and {@code z = (o - mu) / (sigma + epsilon)}:
 *
 * <pre>{@code
 * loss = softplus(sharpness (location - z_target)) / sharpness
 * }</pre>
 *
 * The larger {@code sharpness} and {@code location}, the more the loss asks to be among the best few instead of the best. The deviation
 * is taken in two passes, and a row whose logits are all equal has gradient 0. Shapes, edge cases and errors are those of
 * {@link ClassificationLoss}, but for a logit of negative infinity, which makes its row NaN; there is no lse and no arg max.
 * The authors' example sums over the batch and adds 1e-12 to the deviation.
 */
public final class ZLoss extends ClassificationLoss<ZLoss> {
    private static final KernelDeclaration DECLARATION = KernelDeclaration.of(OutputKernels.class, "zLossForwardBackward");

    private final double sharpness;
    private final double location;
    private final double epsilon;

    /** The defaults. */
    public ZLoss() {
        this(LossOptions.DEFAULTS, 1, 0, 1e-12);
    }

    private ZLoss(LossOptions options, double sharpness, double location, double epsilon) {
        super(options);
        this.sharpness = DECLARATION.checked("sharpness", sharpness);
        this.location = DECLARATION.checked("location", location);
        this.epsilon = DECLARATION.checked("epsilon", epsilon);
    }

    /** The paper's a: finite and above 0, 1 by default. */
    public ZLoss sharpness(double value) {
        return new ZLoss(options(), value, location, epsilon);
    }

    /** The paper's b: finite, 0 by default. */
    public ZLoss location(double value) {
        return new ZLoss(options(), sharpness, value, epsilon);
    }

    /** Added to the deviation: finite and at least 0, 1e-12 by default. */
    public ZLoss epsilon(double value) {
        return new ZLoss(options(), sharpness, location, value);
    }

    @Override
    ZLoss with(LossOptions changed) {
        return new ZLoss(changed, sharpness, location, epsilon);
    }

    @Override
    void call(
            Kernels kernels, Tensor logits, Tensor targets, DataType lossType, MemorySegment losses,
            @Nullable Tensor gradLogits, RowBuffers buffers, double gradScale) {
        kernels.output().zLossForwardBackward(
                logits.type().code(), logits.memory(), logits.rowStride(), targets.memory(),
                Arguments.type(buffers.rowWeights(), DataType.F32), Arguments.memory(buffers.rowWeights()),
                lossType.code(), losses,
                Arguments.type(gradLogits, DataType.F32), Arguments.memory(gradLogits), stride(gradLogits, logits),
                Arguments.memory(buffers.gradientFactor()), 0, logits.rows(), logits.columns(),
                sharpness, location, epsilon, gradScale, options().ignoreIndex());
    }

    @Override
    void checkMore(Basin basin, Tensor logits, RowBuffers buffers) {
        Arguments.requireNoLse(buffers);
        Arguments.requireNoArgmax(buffers);
    }
}
