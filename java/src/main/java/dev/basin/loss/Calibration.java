package dev.basin.loss;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.dispatch.Partials;
import dev.basin.kernel.KernelDeclaration;
import dev.basin.kernel.OutputKernels;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Losses that train a temperature for each example of a frozen classifier (Liu, Wang, Zou, Zou and Zheng, Optimizing Calibration by Gaining
 * Aware of Prediction Correctness, 2024, arXiv 2404.13016).
 *
 * <p>With {@code T} held between two bounds, {@code k*} the arg max and {@code c = softmax(z / T)} at it:
 *
 * <pre>{@code
 * correctness-aware:  sum_i w_i (c_i - [k*_i = y_i])^2 / sum_i w_i
 * cross-entropy:      mean of -log softmax(z_i / T_i) at y_i
 * }</pre>
 *
 * The first always raises the temperature of wrong rows and lowers that of right ones; cross-entropy may sharpen a wrong one. Weights are 1,
 * or, {@linkplain #balanced(boolean) balanced}, such that right and wrong rows weigh the same (the authors' code; the paper's text has
 * none). At a bound itself the gradient passes, beyond it is 0.
 *
 * <p><b>Shapes.</b> logits {@code [rows, classes]}, f32 or bf16; targets i32, temperatures and everything else {@code [rows]} f32.
 * Immutable. Errors are {@link IllegalArgumentException}; outputs are untouched then.
 */
public final class Calibration {
    private static final KernelDeclaration DECLARATION =
            KernelDeclaration.of(OutputKernels.class, "temperatureStatistics");
    /** No label means "leave this row out" here. */
    private static final int NONE_IGNORED = Integer.MIN_VALUE;

    private final boolean balanced;
    private final double lowest;
    private final double highest;

    /** Weights of 1, temperatures between 0.1 and 10. */
    public Calibration() {
        this(false, 0.1, 10);
    }

    private Calibration(boolean balanced, double lowest, double highest) {
        this.balanced = balanced;
        this.lowest = DECLARATION.checked("lowest", lowest);
        this.highest = DECLARATION.checked("highest", highest);
        if (lowest > highest) {
            throw new IllegalArgumentException("lowest must be at most highest, got " + lowest + " and " + highest);
        }
    }

    /** Whether right and wrong rows weigh the same in the correctness-aware loss. */
    public Calibration balanced(boolean yes) {
        return new Calibration(yes, lowest, highest);
    }

    /** What temperatures are held between; finite and above 0. */
    public Calibration bounds(double low, double high) {
        return new Calibration(balanced, low, high);
    }

    /**
     * The correctness-aware loss and its gradients.
     *
     * @param gradTemperatures {@code [rows]}
     * @param gradLogits like logits, or null
     * @param confidences receives the largest probabilities, {@code [rows]}
     * @param corrects receives 1 for right rows and 0 for wrong ones, {@code [rows]}
     */
    public double correctnessAware(
            Basin basin, Tensor logits, Tensor targets, Tensor temperatures, Tensor gradTemperatures, @Nullable Tensor gradLogits,
            Tensor confidences, Tensor corrects) {
        check(logits, targets, temperatures, gradTemperatures);
        requireLike("confidences", confidences, temperatures);
        requireLike("corrects", corrects, temperatures);
        Arguments.requireMatrix("gradLogits", gradLogits, logits);
        long rows = logits.rows();
        MemorySegment room = basin.scratch().acquire((rows + 1) * Double.BYTES);
        try {
            Tensor slopes = Tensor.of(room.asSlice(0, rows * temperatures.type().byteSize()), temperatures.type(), rows);
            statistics(basin, logits, targets, temperatures, null, confidences, corrects, slopes, null);
            double right = 0;
            for (long i = 0; i < rows; i++) {
                right += corrects.get(i);
            }
            double accuracy = rows == 0 ? 0 : right / rows;
            boolean even = balanced && right > 0 && right < rows;
            double weights = even ? 2 * right * (1 - accuracy) : rows;
            double loss = 0;
            for (long i = 0; i < rows; i++) {
                double weight = even ? (corrects.get(i) == 1 ? 1 - accuracy : accuracy) : 1;
                double gap = confidences.get(i) - corrects.get(i);
                loss += weight * gap * gap / weights;
                double pull = 2 * weight * gap / weights;
                gradTemperatures.set(i, pull * slopes.get(i));
                slopes.set(i, pull);
            }
            if (gradLogits != null) {
                basin.kernels().output().confidenceBackward(
                        logits.type().code(), logits.memory(), logits.rowStride(), targets.memory(), temperatures.type().code(),
                        temperatures.memory(), slopes.memory(), gradLogits.type().code(), gradLogits.memory(), gradLogits.rowStride(),
                        MemorySegment.NULL, 0, rows, logits.columns(), lowest, highest, 1, NONE_IGNORED);
            }
            return loss;
        } finally {
            basin.scratch().release(room);
        }
    }

    /** The mean cross-entropy at the temperatures, and its gradient by them. */
    public double crossEntropy(Basin basin, Tensor logits, Tensor targets, Tensor temperatures, Tensor gradTemperatures) {
        check(logits, targets, temperatures, gradTemperatures);
        long rows = logits.rows();
        DataType type = temperatures.type();
        MemorySegment losses = basin.scratch().acquire((rows + 1) * Double.BYTES);
        try {
            statistics(basin, logits, targets, temperatures, losses, null, null, null, gradTemperatures);
            for (long i = 0; i < rows; i++) {
                gradTemperatures.set(i, gradTemperatures.get(i) / rows);
            }
            return rows == 0 ? 0 : Partials.sum(type, losses, rows) / rows;
        } finally {
            basin.scratch().release(losses);
        }
    }

    private void statistics(
            Basin basin, Tensor logits, Tensor targets, Tensor temperatures, @Nullable MemorySegment losses, @Nullable Tensor confidences,
            @Nullable Tensor corrects, @Nullable Tensor slopes, @Nullable Tensor lossSlopes) {
        int type = temperatures.type().code();
        basin.kernels().output().temperatureStatistics(
                logits.type().code(), logits.memory(), logits.rowStride(), targets.memory(), type, temperatures.memory(), type,
                losses == null ? MemorySegment.NULL : losses, Arguments.memory(confidences), Arguments.memory(corrects),
                Arguments.memory(slopes), Arguments.memory(lossSlopes), MemorySegment.NULL, 0, logits.rows(), logits.columns(), lowest, highest, NONE_IGNORED);
    }

    private static void check(Tensor logits, Tensor targets, Tensor temperatures, Tensor gradTemperatures) {
        Arguments.requireGiven("logits", logits);
        Arguments.requireGiven("targets", targets);
        Arguments.requireGiven("temperatures", temperatures);
        Arguments.requireGiven("gradTemperatures", gradTemperatures);
        Arguments.requireVector("targets", targets, logits.rows(), true);
        Arguments.requireVector("temperatures", temperatures, logits.rows(), false);
        requireLike("gradTemperatures", gradTemperatures, temperatures);
    }

    private static void requireLike(String name, Tensor tensor, Tensor temperatures) {
        Arguments.requireGiven(name, tensor);
        Arguments.requireVector(name, tensor, temperatures.size(), false);
        Arguments.requireSameType("temperatures", temperatures, name, tensor);
    }

    /**
     * How far confidences are from accuracies, in equal bins {@code (b / bins, (b + 1) / bins]}.
     *
     * @param expected the mean gap of the bins, by their rows
     * @param largest of the gaps
     * @param brier the mean squared gap of the rows
     * @param kolmogorovSmirnov the largest gap that adds up from the least confident row on
     */
    public record Error(
            double expected, double largest, double brier, double kolmogorovSmirnov, long[] counts, double[] confidences, double[] corrects) {
        /**
         * Of confidences from 0 to 1, and 1 or 0 for right and wrong.
         *
         * @throws IllegalArgumentException if there are none, or one of them is out of range
         */
        public static Error of(Tensor confidences, Tensor corrects, int bins) {
            long size = confidences.size();
            if (bins < 1 || size == 0 || corrects.size() != size) {
                throw new IllegalArgumentException("bins must be at least 1 and confidences as many as corrects, at least one, got " + bins
                        + ", " + confidences + " and " + corrects);
            }
            long[] counts = new long[bins];
            double[] confidence = new double[bins];
            double[] correct = new double[bins];
            double brier = 0;
            for (long i = 0; i < size; i++) {
                double c = confidences.get(i);
                if (!(c >= 0 && c <= 1)) {
                    throw new IllegalArgumentException("confidences must be from 0 to 1, got " + c + " at index " + i);
                }
                int bin = Math.clamp((long) Math.ceil(c * bins) - 1, 0, bins - 1);
                counts[bin]++;
                confidence[bin] += c;
                correct[bin] += corrects.get(i);
                brier += (c - corrects.get(i)) * (c - corrects.get(i)) / size;
            }
            double expected = 0;
            double largest = 0;
            for (int bin = 0; bin < bins; bin++) {
                double gap = Math.abs(correct[bin] - confidence[bin]);
                expected += gap / size;
                largest = counts[bin] == 0 ? largest : Math.max(largest, gap / counts[bin]);
            }
            return new Error(expected, largest, brier, largestSum(confidences, corrects), counts, confidence, correct);
        }

        private static double largestSum(Tensor confidences, Tensor corrects) {
            int size = Math.toIntExact(confidences.size());
            int[] order = Arguments.ascending(size, confidences::get);
            double sum = 0;
            double largest = 0;
            for (int i : order) {
                sum += corrects.get(i) - confidences.get(i);
                largest = Math.max(largest, Math.abs(sum));
            }
            return largest / size;
        }
    }
}
