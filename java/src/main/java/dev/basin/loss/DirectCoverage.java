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
 * Direct coverage optimisation: trains for the answer to be among {@code samples} draws, and so limits the confidence in any one (Chen,
 * Raventos, Cheng, Ganguli and Druckmann, Rethinking Fine-Tuning when Scaling Test-Time Compute, NeurIPS 2025, arXiv 2502.07154).
 *
 * <p>With {@code p} the probability of an answer and {@code n} the samples:
 *
 * <pre>{@code
 * loss = -log(1 - (1 - p)^n)
 * d loss / d log p = -F,   F = n p (1 - p)^(n - 1) / (1 - (1 - p)^n)
 * }</pre>
 *
 * One sample is cross-entropy. Both are formed in double without cancellation. A log-probability of 0 has loss 0 and, for more than one
 * sample, {@code F} 0; one of negative infinity has an infinite loss and {@code F} 1; above 1e-6, or NaN, gives NaN.
 *
 * <p><b>Shapes.</b> Log-probabilities, losses, gradients and factors are vectors of one size and type, f32 or f64.
 *
 * <p><b>Errors.</b> {@link IllegalArgumentException} naming the argument, what it got and what it needs; outputs are untouched.
 *
 * <p>Immutable; methods that set something return a changed copy.
 */
public final class DirectCoverage {
    private static final KernelDeclaration DECLARATION = KernelDeclaration.of(OutputKernels.class, "dcoForwardBackward");

    private final double samples;
    private final double dropBelow;

    /** @param samples how many draws there will be, not necessarily whole; finite and at least 1 */
    public DirectCoverage(double samples) {
        this(samples, 0);
    }

    private DirectCoverage(double samples, double dropBelow) {
        this.samples = DECLARATION.checked("samples", samples);
        this.dropBelow = DECLARATION.checked("dropBelow", dropBelow);
    }

    /** Answers with a smaller factor get no gradient, so that a trainer may replace them; from 0 (the default) to 1. */
    public DirectCoverage dropBelow(double least) {
        return new DirectCoverage(samples, least);
    }

    /** Losses, gradients by the log-probabilities and factors, each where it is wanted. */
    public void forwardBackward(
            Basin basin, Tensor logProbabilities, @Nullable Tensor losses, @Nullable Tensor gradLogProbabilities,
            @Nullable Tensor factors) {
        Arguments.requireGiven("logProbabilities", logProbabilities);
        long size = logProbabilities.size();
        Arguments.requireVector("logProbabilities", logProbabilities, size, false);
        requireLike("losses", losses, logProbabilities);
        requireLike("gradLogProbabilities", gradLogProbabilities, logProbabilities);
        requireLike("factors", factors, logProbabilities);
        basin.kernels().output().dcoForwardBackward(
                logProbabilities.type().code(), logProbabilities.memory(), Arguments.memory(losses),
                Arguments.memory(gradLogProbabilities), Arguments.memory(factors), 0, size, samples, dropBelow);
    }

    private static void requireLike(String name, @Nullable Tensor tensor, Tensor logProbabilities) {
        Arguments.requireVector(name, tensor, logProbabilities.size(), false);
        Arguments.requireSameType("logProbabilities", logProbabilities, name, tensor);
    }

    /**
     * The loss of answers that are sequences of tokens, and the gradient by the tokens' logits: cross-entropy's, times the answer's factor.
     * The log-probability of an answer is the sum over its tokens, in double.
     *
     * @param logits {@code [tokens, vocabulary]}
     * @param targets {@code [tokens]}; -100 leaves a token out
     * @param answers {@code [tokens]} i32, which answer a token belongs to, from 0
     * @param gradLogits like logits, or the logits themselves
     * @param losses {@code [answers]} f32 or f64; an answer without tokens has loss 0
     * @param logP receives the log-probabilities, like losses; may be null
     * @param factors receives the factors, like losses; may be null
     */
    public void forwardBackward(
            Basin basin, Tensor logits, Tensor targets, Tensor answers, Tensor gradLogits, Tensor losses, @Nullable Tensor logP,
            @Nullable Tensor factors) {
        long tokens = logits.rows();
        Arguments.requireGiven("losses", losses);
        Arguments.requireVector("answers", answers, tokens, true);
        requireLike("logP", logP, losses);
        requireLike("factors", factors, losses);
        requireAnswers(answers, losses.size());
        DataType scalarType = logits.type().computationType();
        MemorySegment room = basin.scratch().acquire((3 * tokens + 3 * losses.size() + 3) * Double.BYTES);
        try {
            Tensor tokenLosses = Tensor.of(room.asSlice(0, tokens * scalarType.byteSize()), scalarType, tokens);
            Tensor lse = Tensor.of(room.asSlice(tokens * 8, tokens * scalarType.byteSize()), scalarType, tokens);
            Tensor weights = Tensor.of(room.asSlice(tokens * 16, tokens * scalarType.byteSize()), scalarType, tokens);
            Tensor sums = Tensor.of(room.asSlice(tokens * 24, losses.size() * 8), DataType.F64, losses.size());
            Tensor answerLosses = Tensor.of(room.asSlice(tokens * 24 + losses.size() * 8, losses.size() * 8), DataType.F64, losses.size());
            Tensor answerFactors =
                    Tensor.of(room.asSlice(tokens * 24 + losses.size() * 16, losses.size() * 8), DataType.F64, losses.size());
            CrossEntropy loss = new CrossEntropy().reduction(Reduction.SUM);
            loss.forward(basin, logits, targets, RowBuffers.NONE.losses(tokenLosses).lse(lse));
            sum(tokenLosses, answers, sums);
            forwardBackward(basin, sums, answerLosses, null, answerFactors);
            for (long i = 0; i < losses.size(); i++) {
                losses.set(i, answerLosses.get(i));
                setIfGiven(logP, i, sums.get(i));
                setIfGiven(factors, i, 0); // without tokens
            }
            for (long token = 0; token < tokens; token++) {
                int answer = Arguments.integer(answers, token);
                double factor = answerFactors.get(answer);
                setIfGiven(factors, answer, factor);
                weights.set(token, Double.isNaN(factor) ? 0 : factor);
            }
            loss.backward(basin, logits, targets, lse, gradLogits, RowBuffers.NONE.rowWeights(weights));
        } finally {
            basin.scratch().release(room);
        }
    }

    /**
     * The loss of proofs that are sequences of steps, each of which must be among the samples drawn at its place: the sum of the steps'
     * losses.
     *
     * @param stepLogP log-probabilities of steps, a vector
     * @param proofs which proof a step belongs to, from 0; i32, like {@code stepLogP}
     * @param losses {@code [proofs]}, of any real type
     * @param gradStepLogP like {@code stepLogP}, or null
     */
    public void forwardBackwardSteps(
            Basin basin, Tensor stepLogP, Tensor proofs, Tensor losses, @Nullable Tensor gradStepLogP) {
        Arguments.requireGiven("losses", losses);
        Arguments.requireGiven("stepLogP", stepLogP);
        Arguments.requireVector("proofs", proofs, stepLogP.size(), true);
        requireAnswers(proofs, losses.size());
        MemorySegment room = basin.scratch().acquire((stepLogP.size() + losses.size() + 1) * Double.BYTES);
        try {
            DataType type = stepLogP.type();
            Tensor each = Tensor.of(room.asSlice(0, stepLogP.size() * type.byteSize()), type, stepLogP.size());
            Tensor sums = Tensor.of(room.asSlice(stepLogP.size() * 8, losses.size() * 8), DataType.F64, losses.size());
            forwardBackward(basin, stepLogP, each, gradStepLogP, null);
            sum(each, proofs, sums);
            for (long i = 0; i < losses.size(); i++) {
                losses.set(i, 0 - sums.get(i));
            }
        } finally {
            basin.scratch().release(room);
        }
    }

    private static void requireAnswers(Tensor answers, long count) {
        Arguments.requireReadable("answers", answers);
        for (long i = 0; i < answers.size(); i++) {
            int answer = Arguments.integer(answers, i);
            if (answer < 0 || answer >= count) {
                throw new IllegalArgumentException("answers must be from 0 and below " + count + ", got " + answer + " at index " + i);
            }
        }
    }

    /** Minus the losses, by answer. */
    private static void sum(Tensor tokenLosses, Tensor answers, Tensor sums) {
        for (long i = 0; i < sums.size(); i++) {
            sums.set(i, 0);
        }
        for (long token = 0; token < tokenLosses.size(); token++) {
            long at = Arguments.integer(answers, token) * (long) Double.BYTES;
            double sum = sums.memory().get(ValueLayout.JAVA_DOUBLE_UNALIGNED, at) - tokenLosses.get(token);
            sums.memory().set(ValueLayout.JAVA_DOUBLE_UNALIGNED, at, sum);
        }
    }

    private static void setIfGiven(@Nullable Tensor tensor, long index, double value) {
        if (tensor != null) {
            tensor.set(index, value);
        }
    }

    /**
     * The chance that at least one of {@code n} answers, drawn without replacement from {@code samples} of which {@code correct} were right,
     * is right: an unbiased estimate of the coverage.
     */
    public static double passAtN(int correct, int samples, int n) {
        if (correct < 0 || correct > samples || n < 1 || n > samples) {
            throw new IllegalArgumentException("correct must be from 0 to samples and n from 1 to samples, got correct " + correct
                    + ", samples " + samples + ", n " + n);
        }
        double allWrong = 1;
        for (int i = 0; i < n; i++) {
            allWrong *= Math.max(0, samples - correct - i) / (double) (samples - i);
        }
        return 1 - allWrong;
    }

    /** {@code F} where {@code p} is known by counting alone: {@code correct} of {@code drawn} chains of thought were right. */
    public double factorOfCounts(Basin basin, int correct, int drawn) {
        if (drawn < 1 || correct < 0 || correct > drawn) {
            throw new IllegalArgumentException(
                    "correct must be from 0 to drawn, and drawn at least 1, got correct " + correct + ", drawn " + drawn);
        }
        Tensor logP = Tensor.of(new double[] {Math.log(correct / (double) drawn)}, 1);
        Tensor factor = Tensor.of(new double[1], 1);
        forwardBackward(basin, logP, null, null, factor);
        return factor.get(0);
    }
}
