package dev.basin.loss;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.kernel.KernelDeclaration;
import dev.basin.kernel.LossKernels;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A comp-sum loss with a penalty on how far an attack moves the margins (Mao, Mohri and Zhong, arXiv 2304.07288, section 5).
 *
 * <p>With the logits {@code h} of the examples, {@code h'} of the same examples after the caller's attack inside its ball, and the
 * shift of the margins {@code d_k = (h'_y - h'_k) - (h_y - h_k)}:
 *
 * <pre>{@code
 * loss = compSum(h; tau, rho) + nu |d|
 * }</pre>
 *
 * with gradients by both logits; where {@code d = 0} the penalty's subgradient is 0. The supremum over the ball is the caller's
 * attack. The form of the penalty (the 2-norm, rho inside the exponential) is from memory of the paper, not from its code.
 *
 * <p><b>Shapes.</b> Both logits {@code [rows, classes]} of one type, f32 or bf16, each at its own row stride; both gradients of one
 * type; each may be written over the logits it belongs to. Labels, mean, ignored rows and errors as in {@link ClassificationLoss}. A row
 * with an infinite logit has no margins: it gives NaN, like one with a NaN.
 *
 * <p>Immutable; each method returns a changed copy.
 */
public final class SmoothAdversarialCompSum {
    private static final KernelDeclaration DECLARATION =
            KernelDeclaration.of(LossKernels.class, "smoothAdversarialCompSumForwardBackward");

    private final CompSum clean;
    private final double tau;
    private final double rho;
    private final double nu;

    /** Cross-entropy with a penalty of 1. */
    public SmoothAdversarialCompSum() {
        this(new CompSum(1), 1, 1, 1);
    }

    private SmoothAdversarialCompSum(CompSum clean, double tau, double rho, double nu) {
        this.clean = clean;
        this.tau = DECLARATION.checked("tau", tau);
        this.rho = DECLARATION.checked("rho", rho);
        this.nu = DECLARATION.checked("nu", nu);
    }

    /** Which comp-sum loss; finite and at least 0, 1 by default. */
    public SmoothAdversarialCompSum tau(double member) {
        return new SmoothAdversarialCompSum(clean, member, rho, nu);
    }

    /** Divides the logits inside the exponential; finite and above 0, 1 by default. */
    public SmoothAdversarialCompSum rho(double temperature) {
        return new SmoothAdversarialCompSum(clean, tau, temperature, nu);
    }

    /** The penalty's factor; finite and at least 0, 1 by default. */
    public SmoothAdversarialCompSum nu(double penalty) {
        return new SmoothAdversarialCompSum(clean, tau, rho, penalty);
    }

    /** How rows become one number, and what the gradients are of; the mean by default. */
    public SmoothAdversarialCompSum reduction(Reduction how) {
        return new SmoothAdversarialCompSum(clean.reduction(how), tau, rho, nu);
    }

    /** The target that means "leave this row out"; -100 by default. */
    public SmoothAdversarialCompSum ignoreIndex(int index) {
        return new SmoothAdversarialCompSum(clean.ignoreIndex(index), tau, rho, nu);
    }

    /** Multiplies the gradients, beside the mean's divisor; finite, 1 by default. */
    public SmoothAdversarialCompSum gradientScale(double scale) {
        return new SmoothAdversarialCompSum(clean.gradientScale(scale), tau, rho, nu);
    }

    /** What the mean divides by, instead of what is counted; finite and at least 0. As {@link ClassificationLoss#meanDivisor}. */
    public SmoothAdversarialCompSum meanDivisor(double divisor) {
        return new SmoothAdversarialCompSum(clean.meanDivisor(divisor), tau, rho, nu);
    }

    /**
     * The reduced loss and its gradients; a gradient that is null is not formed.
     *
     * @param marginShiftNorms receives {@code |d|}, {@code [rows]} of the losses' type; may be null
     * @param buffers row weights, gradient factor and losses; it may ask for neither lse nor arg max
     */
    public double forwardBackward(
            Basin basin, Tensor logits, Tensor adversarialLogits, Tensor targets, @Nullable Tensor gradLogits,
            @Nullable Tensor gradAdversarialLogits, @Nullable Tensor marginShiftNorms, RowBuffers buffers) {
        check(basin, logits, adversarialLogits, targets, gradLogits, gradAdversarialLogits, marginShiftNorms, buffers);
        long rows = logits.rows();
        double inverse = clean.divisorInverse(basin, targets, buffers);
        DataType lossType = marginShiftNorms == null ? RowLosses.type(buffers, logits) : marginShiftNorms.type();
        MemorySegment losses = RowLosses.acquire(basin, buffers, rows);
        Tensor gradient = gradLogits == null ? gradAdversarialLogits : gradLogits;
        try {
            basin.kernels().loss().smoothAdversarialCompSumForwardBackward(
                    logits.type().code(), logits.memory(), logits.rowStride(),
                    adversarialLogits.memory(), adversarialLogits.rowStride(), targets.memory(),
                    Arguments.type(buffers.rowWeights(), DataType.F32), Arguments.memory(buffers.rowWeights()),
                    lossType.code(), losses, Arguments.memory(marginShiftNorms),
                    Arguments.type(gradient, DataType.F32), Arguments.memory(gradLogits),
                    ClassificationLoss.stride(gradLogits, logits), Arguments.memory(gradAdversarialLogits),
                    ClassificationLoss.stride(gradAdversarialLogits, logits),
                    Arguments.memory(buffers.gradientFactor()), 0, rows, logits.columns(), tau, rho, nu,
                    clean.options().gradientScale() * inverse, clean.options().ignoreIndex());
            return RowLosses.sum(basin, lossType, losses, rows) * inverse;
        } finally {
            RowLosses.release(basin, buffers, losses);
        }
    }

    private void check(
            Basin basin, Tensor logits, Tensor adversarialLogits, Tensor targets, @Nullable Tensor gradLogits,
            @Nullable Tensor gradAdversarialLogits, @Nullable Tensor marginShiftNorms, RowBuffers buffers) {
        clean.check(basin, logits, targets, gradLogits, buffers);
        Arguments.requireGiven("adversarialLogits", adversarialLogits);
        Arguments.requireMatrix("adversarialLogits", adversarialLogits, logits);
        Arguments.requireSameType("logits", logits, "adversarialLogits", adversarialLogits);
        Arguments.requireMatrix("gradAdversarialLogits", gradAdversarialLogits, logits);
        Arguments.requireSameType("gradLogits", gradLogits, "gradAdversarialLogits", gradAdversarialLogits);
        Arguments.requireVector("marginShiftNorms", marginShiftNorms, logits.rows(), false);
        Arguments.requireSameType("losses", buffers.losses(), "marginShiftNorms", marginShiftNorms);
        if (buffers.lse() != null || buffers.argmax() != null) {
            throw new IllegalArgumentException("buffers must ask for neither lse nor argmax: this loss gives none");
        }
    }
}
