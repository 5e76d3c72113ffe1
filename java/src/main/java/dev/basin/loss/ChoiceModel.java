package dev.basin.loss;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.dispatch.CommonChecks;
import dev.basin.dispatch.Partials;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Probabilities of choices from utilities, and the rationality {@code beta} that connects them: the random-utility (Luce, Boltzmann) form of
 * the duality that Huang and Yuan describe (Utility-Probability Duality of Neural Networks, 2023, arXiv 2305.14859).
 *
 * <p><b>This is our own reading:</b> only the paper's abstract could be had, not its equation. Utilities are ordinal, so the softmax of raw
 * ones need not be a probability; the transformation here is
 *
 * <pre>{@code
 * P_k = e^(beta u_k) / sum_j e^(beta u_j),   beta fitted on choices that were observed
 * }</pre>
 *
 * with {@code beta} 1 the raw softmax and 0 a uniform choice.
 *
 * <p><b>Shapes.</b> Utilities {@code [rows, options]} without gaps, f32 or f64 (for {@link #negativeLogLikelihood} and {@link #fit} f32 or
 * bf16, any stride). Errors are {@link IllegalArgumentException}; outputs are untouched then.
 */
public final class ChoiceModel {
    private static final double SMALLEST_SPREAD = 1e-12;
    private static final double CLOSE = 1e-13;
    private static final double NEAR = 1e-3;
    private static final int MOST_STEPS = 200;
    private static final int NONE_IGNORED = Integer.MIN_VALUE;

    private ChoiceModel() {}

    /**
     * The probabilities.
     *
     * @param mask {@code [rows, options]} i32, 0 leaves an option out; null leaves all in. Every row needs an option.
     * @param beta finite and at least 0
     */
    public static void probabilities(Basin basin, Tensor utilities, @Nullable Tensor mask, Tensor probabilities, double beta) {
        requireMatrix("utilities", utilities, utilities);
        requireMatrix("probabilities", probabilities, utilities);
        requireMask(mask, utilities);
        basin.kernels().output().choiceProbabilities(utilities.type().code(), utilities.memory(), Arguments.memory(mask),
                probabilities.memory(), 0, utilities.rows(), utilities.columns(), beta);
    }

    /** The way back: the gradient by the utilities, and the returned one by {@code beta}. */
    public static double backward(
            Basin basin, Tensor utilities, Tensor probabilities, Tensor gradProbabilities, Tensor gradUtilities, double beta) {
        requireMatrix("utilities", utilities, utilities);
        requireMatrix("probabilities", probabilities, utilities);
        requireMatrix("gradProbabilities", gradProbabilities, utilities);
        requireMatrix("gradUtilities", gradUtilities, utilities);
        long rows = utilities.rows();
        MemorySegment betas = basin.scratch().acquire((rows + 1) * Double.BYTES);
        try {
            basin.kernels().output().choiceProbabilitiesBackward(utilities.type().code(), utilities.memory(), probabilities.memory(),
                    gradProbabilities.memory(), gradUtilities.memory(), betas, 0, rows, utilities.columns(), beta);
            return Partials.sum(utilities.type(), betas, rows);
        } finally {
            basin.scratch().release(betas);
        }
    }

    private static void requireMatrix(String name, Tensor tensor, Tensor like) {
        Arguments.requireGiven(name, tensor);
        if (!tensor.hasShapeOf(like) || !tensor.isContiguous() || tensor.type() != DataType.F32 && tensor.type() != DataType.F64) {
            throw new IllegalArgumentException(name + " must be f32 or f64 like utilities and without gaps, got " + tensor);
        }
        Arguments.requireSameType("utilities", like, name, tensor);
    }

    private static void requireMask(@Nullable Tensor mask, Tensor utilities) {
        if (mask == null) {
            return;
        }
        if (!mask.hasShapeOf(utilities) || mask.type() != DataType.I32 || !mask.isContiguous()) {
            throw new IllegalArgumentException("mask must be i32 with the shape of utilities, got " + mask);
        }
        for (long row = 0; row < mask.rows(); row++) {
            boolean any = false;
            for (long k = 0; k < mask.columns(); k++) {
                any |= Arguments.integer(mask, row * mask.columns() + k) != 0;
            }
            if (!any) {
                throw new IllegalArgumentException("mask must leave an option in every row, got none in row " + row);
            }
        }
    }

    /**
     * How unlikely choices are at a rationality.
     *
     * @param loss the mean of {@code -log P} of what was chosen
     * @param first its derivative by beta
     * @param second its second derivative
     */
    public record Likelihood(double loss, double first, double second) {}

    /**
     * The mean negative log-likelihood of choices, its first two derivatives by {@code beta}, and its gradient where one is wanted.
     *
     * @param targets {@code [rows]} i32
     * @param beta finite and above 0
     * @param gradUtilities like the utilities, or the utilities themselves, or null
     */
    public static Likelihood negativeLogLikelihood(
            Basin basin, Tensor utilities, Tensor targets, double beta, @Nullable Tensor gradUtilities) {
        CommonChecks.positive("beta", beta);
        Arguments.requireGiven("utilities", utilities);
        Arguments.requireVector("targets", targets, utilities.rows(), true);
        long rows = utilities.rows();
        DataType type = utilities.type().computationType();
        long bytes = rows * type.byteSize();
        MemorySegment room = basin.scratch().acquire(4 * (rows + 1) * Double.BYTES);
        try {
            MemorySegment temperatures = room.asSlice(0, bytes);
            MemorySegment losses = room.asSlice(8 * rows, bytes);
            MemorySegment slopes = room.asSlice(16 * rows, bytes);
            MemorySegment variances = room.asSlice(24 * rows, bytes);
            Tensor given = Tensor.of(temperatures, type, rows);
            for (long i = 0; i < rows; i++) {
                given.set(i, 1 / beta);
            }
            double held = given.size() == 0 ? 1 : given.get(0);
            basin.kernels().output().temperatureStatistics(
                    utilities.type().code(), utilities.memory(), utilities.rowStride(), targets.memory(), type.code(), temperatures,
                    type.code(), losses, MemorySegment.NULL, MemorySegment.NULL, MemorySegment.NULL, slopes, variances, 0, rows,
                    utilities.columns(), held, held, NONE_IGNORED);
            // d loss / d beta = -T^2 d loss / d T
            Likelihood of = new Likelihood(Partials.sum(type, losses, rows) / rows, -held * held * Partials.sum(type, slopes, rows) / rows,
                    Partials.sum(type, variances, rows) / rows);
            if (gradUtilities != null) {
                new CrossEntropy().logitScale(beta).forwardBackward(basin, utilities, targets, gradUtilities);
            }
            return of;
        } finally {
            basin.scratch().release(room);
        }
    }

    /**
     * The rationality under which choices are likeliest, by Newton's method held between half and twice the last value; a bound where
     * choices are all of the largest utility, or of the smallest, and 1, held, where utilities do not differ.
     */
    public static double fit(Basin basin, Tensor utilities, Tensor targets, double lowest, double highest) {
        if (!(lowest > 0) || !(lowest <= highest) || Double.isInfinite(highest)) {
            throw new IllegalArgumentException("lowest must be above 0 and at most highest, got " + lowest + " and " + highest);
        }
        double beta = Math.clamp(1.0, lowest, highest);
        // The loss is convex: one that still falls at the upper bound, or to where nothing is left of its slope, is least there.
        double above = negativeLogLikelihood(basin, utilities, targets, highest, null).first();
        if (above < 0 || above == 0 && negativeLogLikelihood(basin, utilities, targets, beta, null).first() < 0) {
            return highest;
        }
        if (negativeLogLikelihood(basin, utilities, targets, lowest, null).first() > 0) {
            return lowest;
        }
        double before = Double.POSITIVE_INFINITY;
        for (int step = 0; step < MOST_STEPS; step++) {
            Likelihood of = negativeLogLikelihood(basin, utilities, targets, beta, null);
            double next = beta - of.first() / Math.max(of.second(), SMALLEST_SPREAD);
            next = Math.clamp(Math.clamp(next, beta / 2, beta * 2), lowest, highest);
            double change = Math.abs(next - beta);
            if (of.second() == 0 || change <= CLOSE * beta) {
                return of.second() == 0 && of.first() == 0 ? beta : next;
            }
            // Newton's steps shrink until what is left of them is the rounding of the sums, f32 on most backends.
            if (change >= before && change < NEAR * beta) {
                return beta;
            }
            before = change;
            beta = next;
        }
        return beta;
    }

    /** The sampled step of utility learning: -1 at the choice and 1 at an option drawn from the softmax, nothing where they are one. */
    public static void sampledGradient(Tensor targets, Tensor sampled, Tensor gradUtilities) {
        Arguments.requireVector("targets", targets, gradUtilities.rows(), true);
        Arguments.requireVector("sampled", sampled, gradUtilities.rows(), true);
        long options = gradUtilities.columns();
        for (long row = 0; row < gradUtilities.rows(); row++) {
            int chosen = Arguments.integer(targets, row);
            int drawn = Arguments.integer(sampled, row);
            if (chosen < 0 || chosen >= options || drawn < 0 || drawn >= options) {
                throw new IllegalArgumentException("targets and sampled must be from 0 and below " + options + ", got " + chosen + " and "
                        + drawn + " in row " + row);
            }
        }
        for (long row = 0; row < gradUtilities.rows(); row++) {
            for (long k = 0; k < options; k++) {
                int value = (k == Arguments.integer(sampled, row) ? 1 : 0) - (k == Arguments.integer(targets, row) ? 1 : 0);
                gradUtilities.set(row * options + k, value);
            }
        }
    }

    /**
     * Utilities of sequences: the sum of the log-probabilities of their tokens over the length to a power, 0 for the log-probability, 1 for
     * the mean.
     *
     * @param tokenLogProbabilities {@code [..., tokens]} without gaps, f32 or f64
     * @param lengths a number from 1 to tokens for each sequence, i32
     * @param utilities a number for each sequence
     */
    public static void sequenceUtility(Basin basin, Tensor tokenLogProbabilities, Tensor lengths, Tensor utilities, double power) {
        checkSequences(tokenLogProbabilities, lengths, utilities);
        basin.kernels().output().sequenceUtility(tokenLogProbabilities.type().code(), tokenLogProbabilities.memory(), lengths.memory(),
                utilities.memory(), 0, tokenLogProbabilities.rows(), tokenLogProbabilities.columns(), power);
    }

    /** The way back. */
    public static void sequenceUtilityBackward(
            Basin basin, Tensor gradUtilities, Tensor lengths, Tensor gradTokenLogProbabilities, double power) {
        checkSequences(gradTokenLogProbabilities, lengths, gradUtilities);
        basin.kernels().output().sequenceUtilityBackward(gradTokenLogProbabilities.type().code(), gradUtilities.memory(), lengths.memory(),
                gradTokenLogProbabilities.memory(), 0, gradTokenLogProbabilities.rows(), gradTokenLogProbabilities.columns(), power);
    }

    private static void checkSequences(Tensor tokens, Tensor lengths, Tensor utilities) {
        Arguments.requireVector("lengths", lengths, tokens.rows(), true);
        Arguments.requireVector("utilities", utilities, tokens.rows(), false);
        Arguments.requireSameType("tokenLogProbabilities", tokens, "utilities", utilities);
        for (long i = 0; i < lengths.size(); i++) {
            int length = Arguments.integer(lengths, i);
            if (length < 1 || length > tokens.columns()) {
                throw new IllegalArgumentException("lengths must be from 1 to " + tokens.columns() + ", got " + length + " at index " + i);
            }
        }
    }

    /**
     * What each option is expected to gain, and the best option of each row, the lowest among equals: the decision that probabilities allow
     * and utilities alone do not.
     *
     * @param probabilities {@code [rows, outcomes]}, where outcomes are the options themselves or anything else
     * @param gains {@code [rows, options, outcomes]}
     * @param values {@code [rows, options]}
     */
    public static void decide(Basin basin, Tensor probabilities, Tensor gains, Tensor values, Tensor choices) {
        long options = values.columns();
        long outcomes = probabilities.columns();
        requireMatrix("probabilities", probabilities, probabilities);
        requireMatrix("values", values, values);
        Arguments.requireSameType("probabilities", probabilities, "values", values);
        Arguments.requireVector("choices", choices, probabilities.rows(), true);
        Arguments.requireSameType("probabilities", probabilities, "gains", gains);
        if (values.rows() != probabilities.rows() || gains.rows() != values.size() || gains.columns() != outcomes
                || !gains.isContiguous()) {
            throw new IllegalArgumentException("gains must be " + options + " rows of " + outcomes + " for each row of values, got " + gains
                    + ", " + values + " and " + probabilities);
        }
        basin.kernels().output().expectedGain(probabilities.type().code(), probabilities.memory(), gains.memory(), values.memory(),
                choices.memory(), 0, probabilities.rows(), options, outcomes);
    }
}
