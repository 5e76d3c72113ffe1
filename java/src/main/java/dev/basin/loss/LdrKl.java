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
 * Label-distributionally robust loss: the worst case over distributions of labels, each paying for its divergence from the uniform one
 * (Zhu, Ying and Yang, Label Distributionally Robust Losses for Multi-class Classification, ICML 2023, arXiv 2112.14869).
 *
 * <p>With scores {@code f'} that may be normalised, and {@code delta_k = f'_k - f'_y + margin} for {@code k} other than the target
 * {@code y}, {@code delta_y = 0}:
 *
 * <pre>{@code
 * loss = lambda log((1/classes) sum_k e^(delta_k / lambda))
 * }</pre>
 *
 * {@code lambda} 0 is the hinge of Crammer and Singer, {@code max_k delta_k}, 1 without margin and normalisation is cross-entropy less
 * {@code log classes}, infinity is the symmetric loss {@code mean_k delta_k}. Ties of the hinge go to the lowest class. A row whose
 * scores are all 0 under a normalisation has gradient 0. Shapes, edge cases and errors are those of {@link ClassificationLoss};
 * there is no lse and no arg max.
 */
public final class LdrKl extends ClassificationLoss<LdrKl> {
    private static final KernelDeclaration DECLARATION = KernelDeclaration.of(OutputKernels.class, "ldrKlForwardBackward");

    private final double lambda;
    private final double margin;
    private final ScoreNormalization normalization;

    /** The defaults. */
    public LdrKl() {
        this(LossOptions.DEFAULTS, 1, 0.1, ScoreNormalization.SOFTPLUS_L1);
    }

    private LdrKl(LossOptions options, double lambda, double margin, ScoreNormalization normalization) {
        super(options);
        this.lambda = lambda;
        this.margin = DECLARATION.checked("margin", margin);
        this.normalization = normalization;
    }

    /** The temperature: at least 0, infinity allowed, 1 by default. */
    public LdrKl lambda(double value) {
        return new LdrKl(options(), value == Double.POSITIVE_INFINITY ? value : DECLARATION.checked("lambda", value), margin, normalization);
    }

    /** Asked of every class beside the target: finite and at least 0, 0.1 by default. */
    public LdrKl margin(double value) {
        return new LdrKl(options(), lambda, value, normalization);
    }

    /** How scores follow from logits, {@link ScoreNormalization#SOFTPLUS_L1} by default. */
    public LdrKl normalization(ScoreNormalization how) {
        return new LdrKl(options(), lambda, margin, how);
    }

    @Override
    LdrKl with(LossOptions changed) {
        return new LdrKl(changed, lambda, margin, normalization);
    }

    @Override
    void call(
            Kernels kernels, Tensor logits, Tensor targets, DataType lossType, MemorySegment losses,
            @Nullable Tensor gradLogits, RowBuffers buffers, double gradScale) {
        kernels.output().ldrKlForwardBackward(
                logits.type().code(), logits.memory(), logits.rowStride(), targets.memory(),
                Arguments.type(buffers.rowWeights(), DataType.F32), Arguments.memory(buffers.rowWeights()),
                lossType.code(), losses,
                Arguments.type(gradLogits, DataType.F32), Arguments.memory(gradLogits), stride(gradLogits, logits),
                Arguments.memory(buffers.gradientFactor()), 0, logits.rows(), logits.columns(),
                Double.isInfinite(lambda) ? 0 : lambda, Double.isInfinite(lambda) ? 1 : 0, margin, normalization.ordinal(), gradScale, options().ignoreIndex());
    }

    @Override
    void checkMore(Basin basin, Tensor logits, RowBuffers buffers) {
        Arguments.requireNoLse(buffers);
        Arguments.requireNoArgmax(buffers);
    }
}
