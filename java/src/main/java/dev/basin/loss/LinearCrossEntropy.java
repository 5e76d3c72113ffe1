package dev.basin.loss;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.gemm.Gemm;
import dev.basin.matrix.FloatArray;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A linear layer and a loss of its outputs, without the logits of more than a block of rows ever being there: forward and backward block
 * by block, each over all classes, so that nothing is computed twice.
 *
 * <pre>{@code
 * logits = hidden weight' + bias;  loss of the logits;
 * grad_hidden = grad_logits weight;  grad_weight = grad_logits' hidden;  grad_bias = the column sums of grad_logits
 * }</pre>
 *
 * <p>Any {@link ClassificationLoss} will do: its options, ignored rows, weights and reduction are its own.
 *
 * <p><b>Shapes.</b> hidden {@code [rows, d]}, weight {@code [classes, d]}, bias {@code [classes]} or null, targets {@code [rows]};
 * gradients like what they are of, each null where it is not wanted. f32 without gaps, over whole {@code float[]} without a copy; other
 * memory is copied to arrays and back, once a call.
 *
 * <p><b>Memory.</b> Besides inputs and gradients {@value #BLOCK_BYTES} bytes of logits, or one row if that is more, and as many rows of
 * hidden values; blocks follow from the shape alone, so that bits do not depend on the threads.
 *
 * <p><b>Errors.</b> {@link IllegalArgumentException} naming the argument, what it got and what it needs; outputs are untouched.
 */
public final class LinearCrossEntropy {
    /** Logits that are there at a time. */
    public static final int BLOCK_BYTES = 24 << 20;

    private final ClassificationLoss<?> loss;

    /** With a loss of the logits, cross-entropy or another. */
    public LinearCrossEntropy(ClassificationLoss<?> loss) {
        Arguments.requireGiven("loss", loss);
        this.loss = loss;
    }

    /**
     * The reduced loss and the gradients that are wanted.
     *
     * @param gradHidden written, or null
     * @param gradWeight written, or null
     * @param gradBias written, or null
     * @param accumulate whether the gradients of weight and bias are added to what is there
     */
    public double forwardBackward(
            Basin basin, Tensor hidden, Tensor weight, @Nullable Tensor bias, Tensor targets, @Nullable Tensor gradHidden,
            @Nullable Tensor gradWeight, @Nullable Tensor gradBias, boolean accumulate) {
        check(hidden, weight, bias, targets, gradHidden, gradWeight, gradBias, loss.options().ignoreIndex());
        int rows = Math.toIntExact(hidden.rows());
        int width = Math.toIntExact(hidden.columns());
        int classes = Math.toIntExact(weight.rows());
        Gemm gemm = basin.gemm();
        FloatArray h = FloatArray.of(hidden, true);
        FloatArray w = FloatArray.of(weight, true);
        FloatArray gradW = FloatArray.of(gradWeight, accumulate);
        float[] b = bias == null ? new float[0] : FloatArray.of(bias, true).values();
        double[] gradB = new double[gradBias == null ? 0 : classes];
        // Divided once by what counts in all rows; each block is a sum.
        double inverse = loss.divisorInverse(targets, RowBuffers.NONE);
        ClassificationLoss<?> sum = loss.reduction(Reduction.SUM).gradientScale(loss.options().gradientScale() * inverse);
        int blockRows = Math.max(1, Math.min(rows, BLOCK_BYTES / Float.BYTES / classes));
        float[] logits = new float[Math.multiplyExact(blockRows, classes)];
        float[] part = new float[blockRows * width];
        boolean wantsGradient = gradHidden != null || gradWeight != null || gradBias != null;
        double total = 0;
        for (int begin = 0; begin < rows; begin += blockRows) {
            int count = Math.min(blockRows, rows - begin);
            System.arraycopy(h.values(), begin * width, part, 0, count * width);
            gemm.multiply(false, true, count, classes, width, 1, part, w.values(), 0, logits);
            addBias(logits, count, b);
            Tensor block = Tensor.of(MemorySegment.ofArray(logits).asSlice(0, (long) count * classes * Float.BYTES), DataType.F32, count, classes);
            Tensor labels = Tensor.of(targets.memory().asSlice((long) begin * Integer.BYTES, (long) count * Integer.BYTES), DataType.I32, count);
            if (!wantsGradient) {
                total += sum.forward(basin, block, labels);
                continue;
            }
            total += sum.forwardBackward(basin, block, labels, block);
            addColumns(logits, count, classes, gradB);
            if (gradWeight != null) {
                boolean first = begin == 0 && !accumulate;
                gemm.multiply(true, false, classes, width, count, 1, logits, part, first ? 0 : 1, gradW.values());
            }
            if (gradHidden != null) {
                gemm.multiply(false, false, count, width, classes, 1, logits, w.values(), 0, part);
                MemorySegment.copy(part, 0, gradHidden.memory(), java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED,
                        (long) begin * width * Float.BYTES, count * width);
            }
        }
        gradW.writeBack();
        for (int k = 0; gradBias != null && k < classes; k++) {
            gradBias.set(k, (accumulate ? gradBias.get(k) : 0) + gradB[k]);
        }
        return total * inverse;
    }

    private static void addBias(float[] logits, int rows, float[] bias) {
        for (int row = 0; row < rows && bias.length > 0; row++) {
            for (int k = 0; k < bias.length; k++) {
                logits[row * bias.length + k] += bias[k];
            }
        }
    }

    private static void addColumns(float[] logits, int rows, int classes, double[] sums) {
        for (int row = 0; row < rows && sums.length > 0; row++) {
            for (int k = 0; k < classes; k++) {
                sums[k] += logits[row * classes + k];
            }
        }
    }

    private static void check(
            Tensor hidden, Tensor weight, @Nullable Tensor bias, Tensor targets, @Nullable Tensor gradHidden,
            @Nullable Tensor gradWeight, @Nullable Tensor gradBias, int ignored) {
        Arguments.requireGiven("hidden", hidden);
        Arguments.requireGiven("weight", weight);
        Arguments.requireGiven("targets", targets);
        requireFloats("hidden", hidden);
        requireFloats("weight", weight);
        if (hidden.rank() != 2 || weight.rank() != 2 || hidden.columns() != weight.columns()) {
            throw new IllegalArgumentException("weight must have rows as wide as those of hidden, got " + weight + " and " + hidden);
        }
        Arguments.requireVector("targets", targets, hidden.rows(), true);
        Arguments.requireVector("bias", bias, weight.rows(), false);
        Arguments.requireVector("gradBias", gradBias, weight.rows(), false);
        requireLike("gradHidden", gradHidden, "hidden", hidden);
        requireLike("gradWeight", gradWeight, "weight", weight);
        for (long i = 0; i < targets.size(); i++) {
            int target = Arguments.integer(targets, i);
            if (target != ignored && (target < 0 || target >= weight.rows())) {
                throw new IllegalArgumentException("targets must be from 0 and below " + weight.rows() + ", or the ignore index " + ignored
                        + ", got " + target + " at index " + i);
            }
        }
    }

    private static void requireLike(String name, @Nullable Tensor tensor, String likeName, Tensor like) {
        if (tensor != null) {
            requireFloats(name, tensor);
            if (!tensor.hasShapeOf(like)) {
                throw new IllegalArgumentException(name + " must have the shape of " + likeName + ", got " + tensor);
            }
        }
    }

    private static void requireFloats(String name, Tensor tensor) {
        if (tensor.type() != DataType.F32 || !tensor.isContiguous()) {
            throw new IllegalArgumentException(name + " must be f32 without gaps, got " + tensor);
        }
    }
}
