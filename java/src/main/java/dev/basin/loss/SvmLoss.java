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
 * Margins of one class against the rest, the output layer of GRU-SVM (Agarap, A Neural Network Architecture Combining GRU and SVM, ICMLC
 * 2018, arXiv 1709.03082).
 *
 * <p>With {@code t = 1} for the target and {@code -1} for every other class:
 *
 * <pre>{@code
 * loss = cost sum_k max(0, 1 - t_k o_k)^power
 * }</pre>
 *
 * The gradient at a margin of exactly 1 is 0. The paper sums over the batch, which {@link Reduction#SUM} does, and adds half the
 * squared norm of the layer's weights, which is weight decay of 1. Shapes, edge cases and errors are those of
 * {@link ClassificationLoss}, with two or more classes; a row of infinite loss is NaN; the arg max is the prediction, there is no lse.
 */
public final class SvmLoss extends ClassificationLoss<SvmLoss> {
    private static final KernelDeclaration DECLARATION = KernelDeclaration.of(OutputKernels.class, "svmLossForwardBackward");

    private final double cost;
    private final int power;

    /** The defaults. */
    public SvmLoss() {
        this(LossOptions.DEFAULTS, 0.5, 2);
    }

    private SvmLoss(LossOptions options, double cost, int power) {
        super(options);
        this.cost = DECLARATION.checked("cost", cost);
        this.power = power;
    }

    /** The paper's C: finite and above 0, 0.5 by default. */
    public SvmLoss cost(double value) {
        return new SvmLoss(options(), value, power);
    }

    /** Of the hinge: 1 or 2, 2 by default. */
    public SvmLoss power(int value) {
        return new SvmLoss(options(), cost, (int) DECLARATION.checked("power", value));
    }

    @Override
    SvmLoss with(LossOptions changed) {
        return new SvmLoss(changed, cost, power);
    }

    @Override
    void call(
            Kernels kernels, Tensor logits, Tensor targets, DataType lossType, MemorySegment losses,
            @Nullable Tensor gradLogits, RowBuffers buffers, double gradScale) {
        kernels.output().svmLossForwardBackward(
                logits.type().code(), logits.memory(), logits.rowStride(), targets.memory(),
                Arguments.type(buffers.rowWeights(), DataType.F32), Arguments.memory(buffers.rowWeights()),
                lossType.code(), losses, Arguments.memory(buffers.argmax()),
                Arguments.type(gradLogits, DataType.F32), Arguments.memory(gradLogits), stride(gradLogits, logits),
                Arguments.memory(buffers.gradientFactor()), 0, logits.rows(), logits.columns(),
                cost, power, gradScale, options().ignoreIndex());
    }

    @Override
    void checkMore(Basin basin, Tensor logits, RowBuffers buffers) {
        Arguments.requireNoLse(buffers);
        if (logits.columns() < 2) {
            throw new IllegalArgumentException("logits must have at least 2 classes, got " + logits);
        }
    }
}
