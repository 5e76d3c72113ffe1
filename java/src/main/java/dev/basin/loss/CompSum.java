package dev.basin.loss;

import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.kernel.KernelDeclaration;
import dev.basin.kernel.Kernels;
import dev.basin.kernel.LossKernels;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Comp-sum losses: one family from the sum-exponential loss over cross-entropy to the mean absolute error (Mao, Mohri and Zhong,
 * Cross-Entropy Loss Functions: Theoretical Analysis and Applications, ICML 2023, arXiv 2304.07288).
 *
 * <p>With {@code p = softmax(logits / rho)} and {@code u = -log p_y} for the target {@code y}:
 *
 * <pre>{@code
 * loss = u                                     tau = 1: cross-entropy
 * loss = expm1((1 - tau) u) / (1 - tau)        else
 * grad = p_y^(tau - 1) (p_k - [k = y]) / rho
 * }</pre>
 *
 * {@code tau} 0 is {@code 1/p_y - 1}, between 1 and 2 generalised cross-entropy with {@code q = tau - 1}, 2 is {@code 1 - p_y}. Above 1
 * the loss is bounded by {@code 1 / (tau - 1)} and forgives mislabelled rows; below 1 it grows as {@code p_y^(tau - 1)}, and what is
 * beyond f32 is infinite, never NaN (gradient entries that are below e^-87 of the row's largest are 0 then).
 *
 * <p>The gradient is formed in the log domain, so that it stays exact for {@code p_y} near 1. Shapes, edge cases and errors are those of
 * {@link ClassificationLoss}.
 */
public final class CompSum extends ClassificationLoss<CompSum> {
    private static final KernelDeclaration DECLARATION = KernelDeclaration.of(LossKernels.class, "compSumForwardBackward");

    private final double tau;
    private final double rho;

    /** @param tau which member of the family; finite and at least 0 */
    public CompSum(double tau) {
        this(LossOptions.DEFAULTS, tau, 1);
    }

    private CompSum(LossOptions options, double tau, double rho) {
        super(options);
        this.tau = DECLARATION.checked("tau", tau);
        this.rho = DECLARATION.checked("rho", rho);
    }

    /** Divides the logits: a temperature; finite and above 0, 1 by default. */
    public CompSum rho(double temperature) {
        return new CompSum(options(), tau, temperature);
    }

    @Override
    CompSum with(LossOptions changed) {
        return new CompSum(changed, tau, rho);
    }

    @Override
    void call(
            Kernels kernels, Tensor logits, Tensor targets, DataType lossType, MemorySegment losses,
            @Nullable Tensor gradLogits, RowBuffers buffers, double gradScale) {
        kernels.loss().compSumForwardBackward(
                logits.type().code(), logits.memory(), logits.rowStride(), targets.memory(),
                Arguments.type(buffers.rowWeights(), DataType.F32), Arguments.memory(buffers.rowWeights()),
                lossType.code(), losses, Arguments.memory(buffers.lse()), Arguments.memory(buffers.argmax()),
                Arguments.type(gradLogits, DataType.F32), Arguments.memory(gradLogits), stride(gradLogits, logits),
                Arguments.memory(buffers.gradientFactor()), 0, logits.rows(), logits.columns(),
                tau, rho, gradScale, options().ignoreIndex());
    }
}
