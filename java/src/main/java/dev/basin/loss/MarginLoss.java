package dev.basin.loss;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.dispatch.Partials;
import dev.basin.kernel.KernelDeclaration;
import dev.basin.kernel.OutputKernels;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Binary losses of the margin {@code s = t f}, {@code t = 1} for a label above 0 and {@code -1} for any other; among them EnsLoss, which
 * draws a new calibrated loss for every batch (Dai, EnsLoss: Stochastic Calibrated Loss Ensembles for Preventing Overfitting in
 * Classification, ICML 2025, arXiv 2409.00908).
 *
 * <p>EnsLoss draws {@code r_i = max(-BC^-1(z_i), -1)} from normal numbers {@code z} by the inverse Box-Cox transformation, gives the j-th
 * smallest to the j-th smallest margin (the first of equals first), divides it by the margin beyond 1 and takes {@code shift} off. Its
 * loss, derivative times margin, has no meaning of its own. The noise is an input, so that results are the same everywhere; the authors
 * redraw {@code lambda} between -1 and 1 every so many epochs, or keep 0.
 *
 * <p>Losses are means; scores are vectors of f32 or f64, and what goes with them is like them. NaN or infinite scores are refused by
 * {@link #ensemble}, which sorts them. Errors are {@link IllegalArgumentException}; outputs are untouched then.
 */
public final class MarginLoss {
    private static final KernelDeclaration DECLARATION =
            KernelDeclaration.of(OutputKernels.class, "marginLossForwardBackward");
    private static final int DRAWN = 4;

    /** The losses that are what they are; the order is the seam's. */
    public enum Kind {
        LOGISTIC,
        HINGE,
        EXPONENTIAL,
        /** {@code 1 - s} up to a margin of 1, {@code -log s} beyond. */
        LOG_HINGE
    }

    private final Kind kind;

    /** One of the fixed losses. */
    public MarginLoss(Kind kind) {
        this.kind = kind;
    }

    /** The mean loss and its gradient. */
    public double forwardBackward(Basin basin, Tensor scores, Tensor labels, Tensor gradScores) {
        check(scores, labels);
        requireLike("gradScores", gradScores, scores);
        return run(basin, scores, labels, null, gradScores, null, kind.ordinal(), 0);
    }

    /**
     * EnsLoss's number and gradient.
     *
     * @param noise normal numbers, as many as scores and like them
     * @param derivatives receives the derivatives by the margins; may be null
     * @param lambda of the Box-Cox transformation; finite
     * @param shift what keeps derivatives below 0: the authors' 1e-6; finite and at least 0
     */
    public static double ensemble(
            Basin basin, Tensor scores, Tensor labels, Tensor noise, Tensor gradScores, @Nullable Tensor derivatives, double lambda,
            double shift) {
        check(scores, labels);
        requireLike("noise", noise, scores);
        requireLike("gradScores", gradScores, scores);
        requireLike("derivatives", derivatives, scores);
        DECLARATION.checked("shift", shift);
        if (!Double.isFinite(lambda)) {
            throw new IllegalArgumentException("lambda must be finite, got " + lambda);
        }
        int size = Math.toIntExact(scores.size());
        double[] margins = new double[size];
        for (int i = 0; i < size; i++) {
            margins[i] = scores.get(i) * (Arguments.integer(labels, i) > 0 ? 1 : -1) + 0.0; // -0 is 0
            if (!Double.isFinite(margins[i]) || Double.isNaN(noise.get(i))) {
                throw new IllegalArgumentException("scores must be finite and noise must not be NaN, got " + scores.get(i) + " and "
                        + noise.get(i) + " at index " + i);
            }
        }
        MemorySegment room = basin.scratch().acquire((size + 1L) * Double.BYTES);
        try {
            Tensor drawn = Tensor.of(room.asSlice(0, size * (long) scores.type().byteSize()), scores.type(), size);
            boxCoxInverse(basin, noise, drawn, lambda);
            double[] sorted = new double[size];
            for (int i = 0; i < size; i++) {
                sorted[i] = Math.max(-drawn.get(i), -1);
            }
            Arrays.sort(sorted);
            int[] order = Arguments.ascending(size, i -> margins[i]);
            for (int rank = 0; rank < size; rank++) {
                drawn.set(order[rank], sorted[rank]);
            }
            return run(basin, scores, labels, drawn, gradScores, derivatives, DRAWN, shift);
        } finally {
            basin.scratch().release(room);
        }
    }

    /** {@code e^z} for {@code lambda} 0, else {@code max(1 + lambda z, 0)^(1 / lambda)}. */
    public static void boxCoxInverse(Basin basin, Tensor z, Tensor values, double lambda) {
        Arguments.requireGiven("z", z);
        requireLike("values", values, z);
        basin.kernels().output().boxCoxInverse(z.type().code(), z.memory(), values.memory(), 0, z.size(), lambda);
    }

    private static double run(
            Basin basin, Tensor scores, Tensor labels, @Nullable Tensor drawn, Tensor gradScores, @Nullable Tensor derivatives, int kind,
            double shift) {
        long size = scores.size();
        MemorySegment losses = basin.scratch().acquire((size + 1) * Double.BYTES);
        try {
            basin.kernels().output().marginLossForwardBackward(
                    scores.type().code(), scores.memory(), labels.memory(), Arguments.memory(drawn), losses, gradScores.memory(),
                    Arguments.memory(derivatives), 0, size, kind, shift, 1.0 / size);
            return Partials.sum(scores.type(), losses, size) / size;
        } finally {
            basin.scratch().release(losses);
        }
    }

    private static void check(Tensor scores, Tensor labels) {
        Arguments.requireGiven("scores", scores);
        Arguments.requireGiven("labels", labels);
        Arguments.requireVector("scores", scores, scores.size(), false);
        Arguments.requireVector("labels", labels, scores.size(), true);
        Arguments.requireReadable("scores", scores);
        if (scores.size() == 0 || scores.type() != DataType.F32 && scores.type() != DataType.F64) {
            throw new IllegalArgumentException("scores must be f32 or f64 and at least one, got " + scores);
        }
        for (long i = 0; i < labels.size(); i++) {
            int label = Arguments.integer(labels, i);
            if (label < -1 || label > 1) {
                throw new IllegalArgumentException("labels must be 1, and 0 or -1, got " + label + " at index " + i);
            }
        }
    }

    private static void requireLike(String name, @Nullable Tensor tensor, Tensor scores) {
        Arguments.requireVector(name, tensor, scores.size(), false);
        Arguments.requireSameType("scores", scores, name, tensor);
    }
}
