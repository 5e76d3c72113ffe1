package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.loss.Reduction;
import dev.basin.loss.RowBuffers;

/** What the specs of losses over rows share. */
final class RowLosses {
    /**
     * Where every row is saturated the gradient is a rounding error of its terms, each at most the factor times 1: a hundredth
     * of an f32 ulp of 1 would hide nothing of a gradient that matters.
     */
    static final double GRADIENT_FLOOR = 1e-9;

    static final String REASON = "f32 exponentials of differences and f64 sums: a few ulp; saturated rows fall to the floor";

    private RowLosses() {}

    static Reduction reduction(Evaluation evaluation) {
        return evaluation.word("reduction").equals("mean") ? Reduction.MEAN : Reduction.SUM;
    }

    static RowBuffers buffers(Evaluation evaluation, long rows) {
        RowBuffers buffers = RowBuffers.NONE.rowWeights(evaluation.optional("row_weights")).lse(evaluation.output("lse", rows));
        return evaluation.word("reduction").equals("none") ? buffers.losses(evaluation.output("loss", rows)) : buffers;
    }

    /** Whether all of these are allowed as row weights. */
    static boolean areWeights(Tensor factors) {
        for (long i = 0; i < factors.size(); i++) {
            if (!(factors.get(i) >= 0)) {
                return false;
            }
        }
        return true;
    }

    /** The gradient of a sum in which each row's loss has its own factor, of either sign. */
    static void multiplyRows(Tensor gradient, Tensor factors) {
        for (long i = 0; i < gradient.size(); i++) {
            gradient.set(i, gradient.get(i) * factors.get(i / gradient.columns()));
        }
    }

    static void report(Evaluation evaluation, double total) {
        if (!evaluation.word("reduction").equals("none")) {
            evaluation.result("loss", total);
        }
    }
}
