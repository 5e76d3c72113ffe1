package dev.basin.loss;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.gemm.Gemm;
import dev.basin.matrix.FloatArray;
import dev.basin.matrix.FloatRows;
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
 * <p><b>Shapes.</b> hidden {@code [rows, d]}, weight {@code [classes, d]}, bias {@code [classes]} or null, targets {@code [rows]}. Hidden
 * values, their gradient, weights and bias are f32 or bf16, computed in f32; gradients of weight and bias are f32, since blocks add up in
 * them. All without gaps. Whole {@code float[]} are worked on where they are; other memory is copied, and bf16 converted, some rows at a time.
 * {@link RowBuffers} are those of the loss.
 *
 * <p><b>Memory.</b> Besides inputs and gradients {@value #BLOCK_BYTES} bytes of logits, or one row if that is more, {@value #PANEL_BYTES}
 * bytes where weights or their gradient are copied, eight bytes a class for the gradient of the bias, and a block's hidden values: less than
 * 32 MB up to some hundred thousand classes. Java's own products copy a block of what they transpose. Blocks follow from the shape alone, so that bits do not depend on
 * the threads.
 *
 * <p><b>Errors.</b> {@link IllegalArgumentException} naming the argument, what it got and what it needs; outputs are untouched.
 */
public final class LinearCrossEntropy {
    /** Logits that are there at a time. */
    public static final int BLOCK_BYTES = 27 << 20;
    /** Weights that are multiplied at a time. */
    public static final int PANEL_BYTES = 3 << 20;

    /** Classes of a panel come in whole tiles of a product. */
    private static final int TILE = 192;

    private final ClassificationLoss<?> loss;

    /** With a loss of the logits, cross-entropy or another. */
    public LinearCrossEntropy(ClassificationLoss<?> loss) {
        Arguments.requireGiven("loss", loss);
        this.loss = loss;
    }

    /**
     * What is written, each null where it is not wanted.
     *
     * @param hidden like the hidden values
     * @param weight like the weights, f32
     * @param bias like the bias, f32
     * @param accumulate whether the gradients of weight and bias are added to what is there
     */
    public record Gradients(@Nullable Tensor hidden, @Nullable Tensor weight, @Nullable Tensor bias, boolean accumulate) {
        boolean areWanted() {
            return hidden != null || weight != null || bias != null;
        }
    }

    /** The reduced loss and the gradients that are wanted. */
    public double forwardBackward(
            Basin basin, Tensor hidden, Tensor weight, @Nullable Tensor bias, Tensor targets, Gradients gradients) {
        return forwardBackward(basin, hidden, weight, bias, targets, gradients, RowBuffers.NONE);
    }

    /** The same with what the loss reads and writes by row. */
    public double forwardBackward(
            Basin basin, Tensor hidden, Tensor weight, @Nullable Tensor bias, Tensor targets, Gradients gradients, RowBuffers buffers) {
        check(basin, hidden, weight, bias, targets, gradients, buffers);
        return new Pass(basin, hidden, weight, bias, targets, gradients, buffers).run();
    }

    /** One call's memory, and its way through the blocks. */
    private final class Pass {
        private final Basin basin;
        private final Gemm gemm;
        private final int rows;
        private final int width;
        private final int classes;
        private final int blockRows;
        private final int panelClasses;
        private final FloatRows hidden;
        private final FloatRows weight;
        private final float[] bias;
        private final Tensor targets;
        private final RowBuffers buffers;
        private final Gradients gradients;
        private final @Nullable FloatRows gradHidden;
        private final @Nullable FloatRows gradWeight;
        private final double[] gradBias;
        private final float[] logits;
        /** Divided once by what counts in all rows; each block is a sum. */
        private final double inverse;
        private final ClassificationLoss<?> sum;

        Pass(
                Basin basin, Tensor hidden, Tensor weight, @Nullable Tensor bias, Tensor targets, Gradients gradients, RowBuffers buffers) {
            this.basin = basin;
            this.gemm = basin.gemm();
            this.rows = Math.toIntExact(hidden.rows());
            this.width = Math.toIntExact(hidden.columns());
            this.classes = Math.toIntExact(weight.rows());
            int most = Math.max(1, BLOCK_BYTES / Float.BYTES / classes);
            this.blockRows = rows == 0 ? 1 : Math.ceilDiv(rows, Math.ceilDiv(rows, most)); // blocks of about one size
            int fitting = Math.max(1, PANEL_BYTES / Float.BYTES / Math.max(1, width));
            this.panelClasses = Math.min(classes, fitting < TILE ? fitting : fitting / TILE * TILE);
            this.hidden = FloatRows.over(basin, hidden, blockRows);
            boolean copies = FloatRows.areCopied(weight) || FloatRows.areCopied(gradients.weight());
            float[] room = new float[copies ? panelClasses * width : 0];
            this.weight = new FloatRows(basin, weight, room);
            this.bias = bias == null ? new float[0] : FloatArray.of(bias, true).values();
            this.targets = targets;
            this.buffers = buffers;
            this.gradients = gradients;
            this.gradHidden = gradients.hidden() == null ? null : FloatRows.over(basin, gradients.hidden(), blockRows);
            this.gradWeight = gradients.weight() == null ? null : new FloatRows(basin, gradients.weight(), room);
            this.gradBias = new double[gradients.bias() == null ? 0 : classes];
            this.logits = new float[Math.multiplyExact(blockRows, classes)];
            this.inverse = loss.divisorInverse(basin, targets, buffers);
            this.sum = loss.reduction(Reduction.SUM).gradientScale(loss.options().gradientScale() * inverse);
        }

        double run() {
            double total = 0;
            for (int begin = 0; begin < rows; begin += blockRows) {
                total += block(begin, Math.min(blockRows, rows - begin));
            }
            if (rows == 0 && gradWeight != null && !gradients.accumulate()) {
                clear();
            }
            for (int k = 0; gradients.bias() != null && k < classes; k++) {
                gradients.bias().set(k, (gradients.accumulate() ? gradients.bias().get(k) : 0) + gradBias[k]);
            }
            return total * inverse;
        }

        private double block(int begin, int count) {
            Gemm.Rows h = hidden.take(begin, count, true);
            for (int first = 0; first < classes; first += panelClasses) {
                int panel = Math.min(panelClasses, classes - first);
                gemm.multiply(false, true, count, panel, width, 1, h, weight.take(first, panel, true), 0, logits(first));
            }
            addBias(count);
            Tensor block = Tensor.of(
                    MemorySegment.ofArray(logits).asSlice(0, (long) count * classes * Float.BYTES), DataType.F32, count, classes);
            Tensor labels = Arguments.part(targets, begin, count);
            RowBuffers own = new RowBuffers(partOf(buffers.rowWeights(), begin, count), buffers.gradientFactor(),
                    partOf(buffers.losses(), begin, count), partOf(buffers.lse(), begin, count), partOf(buffers.argmax(), begin, count));
            ClassificationLoss<?> part = sum.ofRows(begin, count);
            if (!gradients.areWanted()) {
                return part.forward(basin, block, labels, own);
            }
            double total = part.forwardBackward(basin, block, labels, block, own);
            addColumns(count);
            Gemm.Rows byHidden = gradHidden == null ? null : gradHidden.take(begin, count, false);
            for (int first = 0; first < classes; first += panelClasses) {
                int panel = Math.min(panelClasses, classes - first);
                if (gradWeight != null) {
                    boolean adds = begin > 0 || gradients.accumulate();
                    gemm.multiply(true, false, panel, width, count, 1, logits(first), h, adds ? 1 : 0, gradWeight.take(first, panel, adds));
                    gradWeight.putBack();
                }
                if (byHidden != null) {
                    gemm.multiply(
                            false, false, count, width, panel, 1, logits(first), weight.take(first, panel, true), first == 0 ? 0 : 1, byHidden);
                }
            }
            if (gradHidden != null) {
                gradHidden.putBack();
            }
            return total;
        }

        private Gemm.Rows logits(int first) {
            return new Gemm.Rows(logits, first, classes);
        }

        private void addBias(int count) {
            for (int row = 0; row < count && bias.length > 0; row++) {
                for (int k = 0; k < classes; k++) {
                    logits[row * classes + k] += bias[k];
                }
            }
        }

        private void addColumns(int count) {
            for (int row = 0; row < count && gradBias.length > 0; row++) {
                for (int k = 0; k < classes; k++) {
                    gradBias[k] += logits[row * classes + k];
                }
            }
        }

        /** The gradient of no rows. */
        private void clear() {
            for (long i = 0; i < gradients.weight().size(); i++) {
                gradients.weight().set(i, 0);
            }
        }

        private static @Nullable Tensor partOf(@Nullable Tensor vector, int begin, int count) {
            return vector == null ? null : Arguments.part(vector, begin, count);
        }
    }

    private void check(
            Basin basin, Tensor hidden, Tensor weight, @Nullable Tensor bias, Tensor targets, Gradients gradients, RowBuffers buffers) {
        Arguments.requireGiven("hidden", hidden);
        Arguments.requireGiven("weight", weight);
        Arguments.requireGiven("targets", targets);
        Arguments.requireGiven("gradients", gradients);
        requireFloats("hidden", hidden, true);
        requireFloats("weight", weight, true);
        if (hidden.rank() != 2 || weight.rank() != 2 || hidden.columns() != weight.columns() || weight.rows() == 0) {
            throw new IllegalArgumentException("weight must have rows as wide as those of hidden, at least one, got " + weight + " and " + hidden);
        }
        Arguments.requireVector("targets", targets, hidden.rows(), true);
        Arguments.requireReadable("targets", targets);
        Arguments.requireVector("bias", bias, weight.rows(), false);
        Arguments.requireVector("gradients.bias", gradients.bias(), weight.rows(), false);
        Arguments.requireBuffers(buffers, hidden.rows());
        Arguments.requireWeights("rowWeights", buffers.rowWeights());
        requireLike("gradients.hidden", gradients.hidden(), "hidden", hidden, true);
        requireLike("gradients.weight", gradients.weight(), "weight", weight, false);
        requireApart(hidden, weight, gradients);
        int ignored = loss.options().ignoreIndex();
        for (long i = 0; i < targets.size(); i++) {
            int target = Arguments.integer(targets, i);
            if (target != ignored && (target < 0 || target >= weight.rows())) {
                throw new IllegalArgumentException("targets must be from 0 and below " + weight.rows() + ", or the ignore index " + ignored
                        + ", got " + target + " at index " + i);
            }
        }
        loss.checkRows(basin, hidden.rows()); // the rest it checks itself, of the first block, before anything is written
    }

    private static void requireLike(String name, @Nullable Tensor tensor, String likeName, Tensor like, boolean halves) {
        if (tensor != null) {
            requireFloats(name, tensor, halves);
            if (!tensor.hasShapeOf(like) || tensor.memory().isReadOnly()) {
                throw new IllegalArgumentException(name + " must have the shape of " + likeName + " and be writable, got " + tensor);
            }
        }
    }

    private static void requireFloats(String name, Tensor tensor, boolean halves) {
        if (tensor.type() != DataType.F32 && !(halves && tensor.type() == DataType.BF16) || !tensor.isContiguous()) {
            throw new IllegalArgumentException(name + " must be f32 " + (halves ? "or bf16 " : "") + "without gaps, got " + tensor);
        }
    }

    /** Gradients are written while hidden values and weights are still read. */
    private static void requireApart(Tensor hidden, Tensor weight, Gradients gradients) {
        for (Tensor read : new Tensor[] {hidden, weight}) {
            for (Tensor written : new Tensor[] {gradients.hidden(), gradients.weight(), gradients.bias()}) {
                if (written != null && read.memory().asOverlappingSlice(written.memory()).isPresent()) {
                    throw new IllegalArgumentException("gradients must not overlap hidden or weight, got " + written + " over " + read);
                }
            }
        }
    }
}
