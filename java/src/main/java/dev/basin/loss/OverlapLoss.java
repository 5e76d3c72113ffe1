package dev.basin.loss;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.kernel.KernelDeclaration;
import dev.basin.kernel.OutputKernels;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * Losses of overlap for classes that are rare: self-adjusting Dice and Tversky (Li, Sun, Meng, Liang, Wu and Li, Dice Loss for Data-imbalanced
 * NLP Tasks, ACL 2020, arXiv 1911.02855).
 *
 * <p>With {@code p} a probability, {@code q = 1 - p}, {@code y} the target and {@code w = q^alpha p}:
 *
 * <pre>{@code
 * Dice      L = 1 - (2 w y + gamma) / (w + y + gamma), squared: w^2 + y^2 in the denominator
 * Tversky   L = 1 - (p y + gamma) / (p y + a p (1 - y) + b q y + gamma)
 * }</pre>
 *
 * for each entry, or once with sums over a batch (once a class with a softmax). With {@code alpha} above 0 the weight falls again beyond
 * {@code p = 1 / (1 + alpha)}: there the formula pushes a positive example back down. The authors' scripts take alpha 0.01, gamma 1,
 * squared, the defaults here; their paper has alpha 1. Where the authors' code mixes entries with a batch's sums, this has the two clean
 * modes alone.
 *
 * <p><b>Shapes.</b> For a sigmoid logits {@code [rows]} and targets {@code [rows]} from 0 to 1, both f32 or both f64; for a softmax logits
 * {@code [rows, classes]} without gaps and labels {@code [rows]} i32. A mask {@code [rows]} i32 leaves rows out where it is 0. Immutable;
 * errors are {@link IllegalArgumentException}.
 */
public final class OverlapLoss {
    private static final KernelDeclaration DECLARATION = KernelDeclaration.of(OutputKernels.class, "overlapLoss");

    private final boolean tversky;
    private final boolean squared;
    private final double alpha;
    private final double gamma;
    private final double falsePositive;
    private final double falseNegative;

    private OverlapLoss(boolean tversky, boolean squared, double alpha, double gamma, double falsePositive, double falseNegative) {
        this.tversky = tversky;
        this.squared = squared;
        this.alpha = DECLARATION.checked("alpha", alpha);
        this.gamma = DECLARATION.checked("gamma", gamma);
        this.falsePositive = DECLARATION.checked("falsePositive", falsePositive);
        this.falseNegative = DECLARATION.checked("falseNegative", falseNegative);
    }

    /** Alpha 0.01, gamma 1, squared. */
    public static OverlapLoss dice() {
        return new OverlapLoss(false, true, 0.01, 1, 0, 0);
    }

    /** Weights of false positives and false negatives, at least 0 and not both 0, which usually add up to 1; gamma 1. */
    public static OverlapLoss tversky(double falsePositive, double falseNegative) {
        if (falsePositive + falseNegative == 0) {
            throw new IllegalArgumentException("falsePositive and falseNegative must not both be 0");
        }
        return new OverlapLoss(true, false, 0, 1, falsePositive, falseNegative);
    }

    /** How much sure entries are neglected by Dice: finite and at least 0. */
    public OverlapLoss alpha(double value) {
        return new OverlapLoss(tversky, squared, value, gamma, falsePositive, falseNegative);
    }

    /** What smooths the quotient: finite and at least 0. */
    public OverlapLoss gamma(double value) {
        return new OverlapLoss(tversky, squared, alpha, value, falsePositive, falseNegative);
    }

    /** Whether Dice's denominator has squares. */
    public OverlapLoss squared(boolean yes) {
        return new OverlapLoss(tversky, yes, alpha, gamma, falsePositive, falseNegative);
    }

    /** Each row on its own: losses {@code [rows]}, of a softmax the sums over classes, and the gradient of their sum. */
    public void eachRow(Basin basin, Tensor logits, Tensor targets, @Nullable Tensor mask, Tensor losses, Tensor gradLogits) {
        long classes = check(logits, targets, mask, gradLogits);
        Arguments.requireVector("losses", losses, rows(logits, targets), false);
        Arguments.requireSameType("logits", logits, "losses", losses);
        run(basin, logits, targets, mask, MemorySegment.NULL, MemorySegment.NULL, losses.memory(), gradLogits, classes);
    }

    /** The batch as a whole: a loss for the sigmoid, one a class for the softmax, and the gradient of their sum. */
    public void batch(Basin basin, Tensor logits, Tensor targets, @Nullable Tensor mask, Tensor losses, Tensor gradLogits) {
        int classes = Math.toIntExact(check(logits, targets, mask, gradLogits));
        long rows = rows(logits, targets);
        if (losses.size() != classes) {
            throw new IllegalArgumentException("losses must have a number for each of " + classes + ", got " + losses);
        }
        DataType type = logits.type();
        boolean softmax = targets.type() == DataType.I32;
        MemorySegment room = basin.scratch().acquire((rows * classes + 1) * Double.BYTES);
        try {
            Tensor weights = Tensor.of(room.asSlice(0, rows * classes * Double.BYTES), DataType.F64, rows * classes);
            basin.kernels().output().overlapWeights(type.code(), logits.memory(), softmax ? MemorySegment.NULL : targets.memory(),
                    softmax ? targets.memory() : MemorySegment.NULL, Arguments.memory(mask), weights.memory(), 0, rows, classes, flag(tversky),
                    flag(squared), alpha, gamma, falsePositive, falseNegative);
            double[] shared = new double[classes];
            double[] size = new double[classes];
            for (long row = 0; row < rows; row++) {
                boolean counts = mask == null || Arguments.integer(mask, row) != 0;
                for (int k = 0; k < classes && counts; k++) {
                    double y = softmax ? (Arguments.integer(targets, row) == k ? 1 : 0) : Arguments.real(targets, row);
                    double w = weights.memory().get(ValueLayout.JAVA_DOUBLE, (row * classes + k) * Double.BYTES);
                    shared[k] += (tversky ? 1 : 2) * w * y;
                    size[k] += tversky ? w * y + falsePositive * w * (1 - y) + falseNegative * (1 - w) * y : squared ? w * w + y * y : w + y;
                }
            }
            for (int k = 0; k < classes; k++) {
                losses.set(k, size[k] + gamma == 0 ? 0 : 1 - (shared[k] + gamma) / (size[k] + gamma));
            }
            run(basin, logits, targets, mask, MemorySegment.ofArray(shared), MemorySegment.ofArray(size), MemorySegment.NULL, gradLogits, classes);
        } finally {
            basin.scratch().release(room);
        }
    }

    private void run(
            Basin basin, Tensor logits, Tensor targets, @Nullable Tensor mask, MemorySegment shared, MemorySegment size, MemorySegment losses,
            Tensor gradLogits, long classes) {
        boolean softmax = targets.type() == DataType.I32;
        basin.kernels().output().overlapLoss(logits.type().code(), logits.memory(), softmax ? MemorySegment.NULL : targets.memory(),
                softmax ? targets.memory() : MemorySegment.NULL, Arguments.memory(mask), shared, size, losses, gradLogits.memory(), 0,
                rows(logits, targets), classes, flag(tversky), flag(squared), alpha, gamma, falsePositive, falseNegative, 1);
    }

    private static int flag(boolean value) {
        return value ? 1 : 0;
    }

    private static long rows(Tensor logits, Tensor targets) {
        return targets.size();
    }

    /** The number of classes, 1 for the sigmoid. */
    private static long check(Tensor logits, Tensor targets, @Nullable Tensor mask, Tensor gradLogits) {
        Arguments.requireGiven("logits", logits);
        Arguments.requireGiven("targets", targets);
        boolean softmax = targets.type() == DataType.I32;
        long rows = softmax ? logits.rows() : logits.size();
        if (logits.type() != DataType.F32 && logits.type() != DataType.F64 || !logits.isContiguous() || targets.size() != rows
                || softmax && logits.rank() != 2) {
            throw new IllegalArgumentException("logits must be f32 or f64 without gaps, a number for each target or a row for each label, got "
                    + logits + " and " + targets);
        }
        if (gradLogits.size() != logits.size() || gradLogits.type() != logits.type() || !gradLogits.isContiguous()) {
            throw new IllegalArgumentException("gradLogits must be like logits, got " + gradLogits);
        }
        Arguments.requireVector("mask", mask, rows, true);
        for (long i = 0; mask != null && i < rows; i++) {
            if (Arguments.integer(mask, i) != 0 && Arguments.integer(mask, i) != 1) {
                throw new IllegalArgumentException("mask must be 0 or 1, got " + Arguments.integer(mask, i) + " at index " + i);
            }
        }
        for (long i = 0; i < rows && !softmax; i++) {
            if (!(targets.get(i) >= 0 && targets.get(i) <= 1)) {
                throw new IllegalArgumentException("targets must be from 0 to 1, got " + targets.get(i) + " at index " + i);
            }
        }
        return softmax ? logits.columns() : 1;
    }
}
