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
 * The label-distributionally robust loss whose temperature each example learns (Zhu, Ying and Yang, Label Distributionally Robust Losses
 * for Multi-class Classification, ICML 2023, arXiv 2112.14869): sure rows get a low one, noisy rows one near {@code lambda0}.
 *
 * <p>With scores {@code f'} that may be normalised, and {@code delta_k = f'_k - f'_y + margin} for {@code k} other than the target
 * {@code y}, {@code delta_y = 0}:
 *
 * <pre>{@code
 * p = (softmax(f' / lambda_old) + floor) / (1 + classes floor)
 * lambda = lambda0 - lambda0 KL(p, uniform) / (alpha log classes)
 * loss = lambda log((1/classes) sum_k e^(delta_k / lambda)) - alpha log(classes) / (2 lambda0) (lambda - lambda0)^2
 * }</pre>
 *
 * The gradient takes {@code lambda} for a constant; {@code p} has no margin, as in the authors' code (the paper's text has one). Each
 * call needs {@link #temperatures}; those of ignored rows stay. Shapes, edge cases and errors are those of
 * {@link ClassificationLoss}; there is no lse and no arg max.
 */
public final class AldrKl extends ClassificationLoss<AldrKl> {
    private static final KernelDeclaration DECLARATION = KernelDeclaration.of(OutputKernels.class, "aldrKlForwardBackward");

    private final double lambda0;
    private final double alpha;
    private final double margin;
    private final double floor;
    private final ScoreNormalization normalization;
    private final @Nullable Tensor before;
    private final @Nullable Tensor after;

    /** The defaults. */
    public AldrKl() {
        this(LossOptions.DEFAULTS, 1, 2, 0.1, 1e-5, ScoreNormalization.L1, null, null);
    }

    private AldrKl(LossOptions options, double lambda0, double alpha, double margin, double floor, ScoreNormalization normalization, @Nullable Tensor before, @Nullable Tensor after) {
        super(options);
        this.lambda0 = DECLARATION.checked("lambda0", lambda0);
        this.alpha = DECLARATION.checked("alpha", alpha);
        this.margin = DECLARATION.checked("margin", margin);
        this.floor = DECLARATION.checked("floor", floor);
        this.normalization = normalization;
        this.before = before;
        this.after = after;
    }

    /** The temperature of a row that tells nothing: finite and above 0, 1 by default. */
    public AldrKl lambda0(double value) {
        return new AldrKl(options(), value, alpha, margin, floor, normalization, before, after);
    }

    /** How little sure rows lower their temperature: finite and above 1, 2 by default. */
    public AldrKl alpha(double value) {
        return new AldrKl(options(), lambda0, value, margin, floor, normalization, before, after);
    }

    /** Asked of every class beside the target: finite and at least 0, 0.1 by default. */
    public AldrKl margin(double value) {
        return new AldrKl(options(), lambda0, alpha, value, floor, normalization, before, after);
    }

    /** Added to every probability: finite and at least 0, 1e-5 by default. */
    public AldrKl floor(double value) {
        return new AldrKl(options(), lambda0, alpha, margin, value, normalization, before, after);
    }

    /** How scores follow from logits, {@link ScoreNormalization#L1} by default. */
    public AldrKl normalization(ScoreNormalization how) {
        return new AldrKl(options(), lambda0, alpha, margin, floor, how, before, after);
    }

    /** The rows' temperatures, {@code [rows]} f32, above 0: read, and replaced by the new ones. Start with {@code lambda0}. */
    public AldrKl temperatures(Tensor updated) {
        return new AldrKl(options(), lambda0, alpha, margin, floor, normalization, updated, updated);
    }

    /** The same with the new ones elsewhere. */
    public AldrKl temperatures(Tensor old, Tensor written) {
        return new AldrKl(options(), lambda0, alpha, margin, floor, normalization, old, written);
    }

    @Override
    AldrKl with(LossOptions changed) {
        return new AldrKl(changed, lambda0, alpha, margin, floor, normalization, before, after);
    }

    @Override
    void call(
            Kernels kernels, Tensor logits, Tensor targets, DataType lossType, MemorySegment losses,
            @Nullable Tensor gradLogits, RowBuffers buffers, double gradScale) {
        kernels.output().aldrKlForwardBackward(
                logits.type().code(), logits.memory(), logits.rowStride(), targets.memory(),
                Arguments.type(buffers.rowWeights(), DataType.F32), Arguments.memory(buffers.rowWeights()),
                given(before).type().code(), given(before).memory(),
                lossType.code(), losses, given(after).memory(),
                Arguments.type(gradLogits, DataType.F32), Arguments.memory(gradLogits), stride(gradLogits, logits),
                Arguments.memory(buffers.gradientFactor()), 0, logits.rows(), logits.columns(),
                lambda0, alpha, margin, floor, normalization.ordinal(), gradScale, options().ignoreIndex());
    }

    @Override
    void checkMore(Basin basin, Tensor logits, RowBuffers buffers) {
        Arguments.requireNoLse(buffers);
        Arguments.requireNoArgmax(buffers);
        checkRows(basin, logits.rows());
    }

    @Override
    void checkRows(Basin basin, long rows) {
        Arguments.requireGiven("temperatures", before);
        Arguments.requireVector("temperatures", before, rows, false);
        Arguments.requireVector("temperatures", after, rows, false);
        Arguments.requireSameType("temperatures", before, "new temperatures", after);
        if (!Arguments.isOnDevice(basin, before)) {
            requireAboveZero(given(before));
        }
    }

    private static void requireAboveZero(Tensor temperatures) {
        Arguments.requireReadable("temperatures", temperatures);
        for (long i = 0; i < temperatures.size(); i++) {
            double temperature = temperatures.get(i);
            if (!(temperature > 0) || Double.isInfinite(temperature)) {
                throw new IllegalArgumentException(
                        "temperatures must be finite and above 0, got " + temperature + " at index " + i);
            }
        }
    }

    @Override
    AldrKl ofRows(long begin, long count) {
        return temperatures(
                Arguments.part(given(before), begin, count), Arguments.part(given(after), begin, count));
    }

    private static Tensor given(@Nullable Tensor temperatures) {
        return java.util.Objects.requireNonNull(temperatures, "temperatures must not be null");
    }
}
