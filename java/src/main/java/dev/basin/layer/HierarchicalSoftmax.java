package dev.basin.layer;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.dispatch.CommonChecks;
import dev.basin.loss.CrossEntropy;
import dev.basin.loss.Reduction;
import dev.basin.loss.RowBuffers;
import dev.basin.matrix.Matrix;
import dev.basin.matrix.Rows;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A softmax of two levels, the usual way to a large output layer and the baseline of {@link dev.basin.loss.FactoredOutputLayer}: class
 * {@code y} is member {@code y mod n2} of group {@code y / n2}, with {@code n2} the root of the number of classes, rounded up.
 *
 * <pre>{@code
 * loss = -log softmax(W1 h + b1)[group] - log softmax(W2[group] h + b2[group])[member]
 * }</pre>
 *
 * Members beyond the last class do not exist and are left out of their softmax, so that all probabilities add up to 1. Only the groups of
 * a batch's targets are read and get a gradient: a loss or an {@link #update} costs {@code O(sqrt(D) d)} a row.
 *
 * <p><b>Shapes.</b> hidden {@code [rows, d]}, W1 {@code [n1, d]}, b1 {@code [n1]}, W2 {@code [n1, n2, d]}, b2 {@code [n1, n2]}, all f32 or all
 * f64; gradients like what they are of. Losses are of rows, gradients of their sum. Errors are {@link IllegalArgumentException}.
 */
public final class HierarchicalSoftmax {
    private final int classes;
    private final int members;
    private final int groups;

    /** @param classes how many there are; at least 1 */
    public HierarchicalSoftmax(int classes) {
        if (classes < 1) {
            throw new IllegalArgumentException("classes must be at least 1, got " + classes);
        }
        this.classes = classes;
        this.members = (int) Math.ceil(Math.sqrt(classes));
        this.groups = (classes + members - 1) / members;
    }

    /** {@code n1}. */
    public int groups() {
        return groups;
    }

    /** {@code n2}. */
    public int members() {
        return members;
    }

    /** Weights or gradients of both levels. */
    public record Parameters(Tensor w1, Tensor b1, Tensor w2, Tensor b2) {
        /** The first level's. */
        private Level first() {
            return new Level(w1, b1);
        }

        /** Those of so many members of a group. */
        private Level second(int group, int members) {
            long width = w2.columns();
            long rows = b2.columns();
            Tensor weights = Tensor.of(from(w2, group * rows), w2.type(), members, width).withRowStride(w2.rowStride());
            return new Level(weights, Tensor.of(from(b2, group), b2.type(), members));
        }

        private static MemorySegment from(Tensor tensor, long row) {
            return tensor.memory().asSlice(row * tensor.rowStride() * tensor.type().byteSize());
        }
    }

    /** One softmax: a row and a number a class. */
    private record Level(Tensor weights, Tensor biases) {}

    /** What becomes of the gradient by the logits of one softmax, whose weights are a copy to use up. */
    private interface Backward {
        void take(Level level, int group, Matrix byLogits, Matrix inputs, Matrix weights);
    }

    private static final int FIRST = -1;

    /** Losses alone. */
    public void forward(Basin basin, Tensor hidden, Parameters parameters, Tensor targets, Tensor losses) {
        check(hidden, parameters, targets);
        pass(basin, hidden, parameters, targets, losses, null, (level, group, byLogits, inputs, weights) -> {});
    }

    /** Losses and gradients; those of groups that no row belongs to are set to 0, which costs {@code O(D d)}. */
    public void forwardBackward(
            Basin basin, Tensor hidden, Parameters parameters, Tensor targets, Tensor losses, Tensor gradHidden, Parameters gradients) {
        check(hidden, parameters, targets);
        clear(gradients.w2());
        clear(gradients.b2());
        pass(basin, hidden, parameters, targets, losses, gradHidden, (level, group, byLogits, inputs, weights) -> {
            Level to = group == FIRST ? gradients.first() : gradients.second(group, byLogits.columns());
            weights.multiply(basin.gemm(), 1, true, byLogits, false, inputs, 0);
            weights.writeTo(to.weights());
            for (int k = 0; k < byLogits.columns(); k++) {
                to.biases().set(k, byLogits.columnSum(k));
            }
        });
    }

    /**
     * Losses, the gradient by the hidden values, and the step of gradient descent on the sum of the losses: {@code W -= learningRate d sum /
     * d W}. Groups that no row belongs to have no gradient, and are neither read nor written.
     */
    public void update(
            Basin basin, Tensor hidden, Parameters parameters, Tensor targets, Tensor losses, Tensor gradHidden, double learningRate) {
        CommonChecks.atLeastZero("learningRate", learningRate);
        check(hidden, parameters, targets);
        pass(basin, hidden, parameters, targets, losses, gradHidden, (level, group, byLogits, inputs, weights) -> {
            weights.multiply(basin.gemm(), -learningRate, true, byLogits, false, inputs, 1);
            weights.writeTo(level.weights());
            for (int k = 0; k < byLogits.columns(); k++) {
                level.biases().set(k, level.biases().get(k) - learningRate * byLogits.columnSum(k));
            }
        });
    }

    private void pass(
            Basin basin, Tensor hidden, Parameters parameters, Tensor targets, Tensor losses, @Nullable Tensor gradHidden, Backward backward) {
        int rows = Math.toIntExact(hidden.rows());
        int[] group = new int[rows];
        int[] member = new int[rows];
        for (int i = 0; i < rows; i++) {
            group[i] = (int) targets.get(i) / members;
            member[i] = (int) targets.get(i) % members;
        }
        double[] loss = new double[rows];
        Matrix h = Matrix.of(hidden.type(), hidden);
        Matrix byHidden = softmax(basin, parameters.first(), FIRST, h, group, loss, backward);
        int[] order = IntStream.range(0, rows).boxed().sorted(Comparator.comparingInt(i -> group[i])).mapToInt(i -> i).toArray();
        int end;
        for (int begin = 0; begin < rows; begin = end) {
            int g = group[order[begin]];
            end = begin;
            while (end < rows && group[order[end]] == g) {
                end++;
            }
            inner(basin, parameters, g, Arrays.copyOfRange(order, begin, end), h, member, loss, byHidden, backward);
        }
        for (int i = 0; i < rows; i++) {
            losses.set(i, loss[i]);
        }
        if (gradHidden != null) {
            byHidden.writeTo(gradHidden);
        }
    }

    /** The second level of one group, for the rows that are in it. */
    private void inner(
            Basin basin, Parameters parameters, int group, int[] rows, Matrix h, int[] member, double[] loss, Matrix byHidden,
            Backward backward) {
        Matrix own = Matrix.zeros(h.type(), rows.length, h.columns());
        int[] targets = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            targets[i] = member[rows[i]];
            for (int j = 0; j < h.columns(); j++) {
                own.set(i, j, h.get(rows[i], j));
            }
        }
        double[] part = new double[rows.length];
        Matrix back = softmax(basin, parameters.second(group, membersOf(group)), group, own, targets, part, backward);
        for (int i = 0; i < rows.length; i++) {
            loss[rows[i]] += part[i];
            for (int j = 0; j < h.columns(); j++) {
                byHidden.add(rows[i], j, back.get(i, j));
            }
        }
    }

    private int membersOf(int group) {
        return Math.min(members, classes - group * members);
    }

    /** Losses of one softmax and their gradient by its inputs; the rest of it goes to whoever wants it. */
    private static Matrix softmax(
            Basin basin, Level level, int group, Matrix inputs, int[] targets, double[] losses, Backward backward) {
        Matrix weights = Matrix.of(inputs.type(), level.weights());
        Matrix logits = Matrix.affine(basin.gemm(), inputs, weights, level.biases()::get);
        Tensor both = logits.tensor();
        Tensor each = Tensor.of(Matrix.zeros(logits.type(), 1, losses.length).memory(), logits.type(), losses.length);
        new CrossEntropy().reduction(Reduction.SUM).forwardBackward(basin, both, Tensor.of(targets), both, RowBuffers.NONE.losses(each));
        for (int i = 0; i < losses.length; i++) {
            losses[i] = each.get(i);
        }
        Matrix back = Matrix.zeros(inputs.type(), inputs.rows(), inputs.columns());
        back.multiply(basin.gemm(), 1, false, logits, false, weights, 0);
        backward.take(level, group, logits, inputs, weights);
        return back;
    }

    /**
     * The most probable classes of each row, the most probable first, the lowest class among equals, NaN last. A group is not looked into
     * where it is itself less probable than all of the classes found so far.
     *
     * @param best {@code [rows, k]} i32
     */
    public void predict(Basin basin, Tensor hidden, Parameters parameters, Tensor best) {
        checkShapes(hidden, parameters);
        if (best.type() != DataType.I32 || best.rows() != hidden.rows() || best.columns() > classes) {
            throw new IllegalArgumentException("best must be i32 with a row for each of hidden and at most " + classes + " columns, got " + best);
        }
        Matrix h = Matrix.of(hidden.type(), hidden);
        Matrix logits = Matrix.affine(
                basin.gemm(), h, Matrix.of(hidden.type(), parameters.w1()), parameters.b1()::get);
        int k = Math.toIntExact(best.columns());
        double[] row = new double[h.columns()];
        for (int i = 0; i < h.rows(); i++) {
            double[] outer = new double[groups];
            for (int g = 0; g < groups; g++) {
                outer[g] = logits.get(i, g);
            }
            Rows.load(hidden, i, row);
            int[] chosen = mostProbable(row, toLogProbabilities(outer), parameters, k);
            for (int j = 0; j < k; j++) {
                best.set((long) i * k + j, chosen[j]);
            }
        }
    }

    private int[] mostProbable(double[] hidden, double[] outer, Parameters parameters, int count) {
        int[] chosen = new int[count];
        double[] values = new double[count];
        Arrays.fill(values, Double.NEGATIVE_INFINITY);
        Arrays.fill(chosen, Integer.MAX_VALUE);
        int[] order = IntStream.range(0, groups).boxed()
                .sorted(Comparator.comparingDouble((Integer g) -> -outer[g])).mapToInt(g -> g).toArray();
        for (int g : order) {
            if (count == 0 || outer[g] < values[count - 1]) {
                break; // no member is more probable than its group
            }
            double[] inner = toLogProbabilities(logits(hidden, parameters.second(g, membersOf(g))));
            for (int m = 0; m < inner.length; m++) {
                insert(outer[g] + inner[m], g * members + m, values, chosen);
            }
        }
        return chosen;
    }

    private static void insert(double given, int index, double[] values, int[] chosen) {
        double value = Double.isNaN(given) ? Double.NEGATIVE_INFINITY : given;
        int at = values.length;
        while (at > 0 && (value > values[at - 1] || value == values[at - 1] && index < chosen[at - 1])) {
            at--;
        }
        if (at < values.length) {
            System.arraycopy(values, at, values, at + 1, values.length - 1 - at);
            System.arraycopy(chosen, at, chosen, at + 1, chosen.length - 1 - at);
            values[at] = value;
            chosen[at] = index;
        }
    }

    private static double[] logits(double[] hidden, Level level) {
        double[] logits = new double[Math.toIntExact(level.weights().rows())];
        double[] weights = new double[hidden.length];
        for (int k = 0; k < logits.length; k++) {
            Rows.load(level.weights(), k, weights);
            double sum = level.biases().get(k);
            for (int j = 0; j < hidden.length; j++) {
                sum += hidden[j] * weights[j];
            }
            logits[k] = sum;
        }
        return logits;
    }

    /** In place. */
    private static double[] toLogProbabilities(double[] logits) {
        double largest = Arrays.stream(logits).max().orElseThrow();
        double sum = 0;
        for (double logit : logits) {
            sum += Math.exp(logit - largest);
        }
        double logSum = largest + Math.log(sum);
        for (int k = 0; k < logits.length; k++) {
            logits[k] -= logSum;
        }
        return logits;
    }

    private static void clear(Tensor tensor) {
        int bytes = tensor.type().byteSize();
        for (long row = 0; row < tensor.rows(); row++) {
            tensor.memory().asSlice(row * tensor.rowStride() * bytes, tensor.columns() * bytes).fill((byte) 0);
        }
    }

    private void check(Tensor hidden, Parameters of, Tensor targets) {
        checkShapes(hidden, of);
        if (targets.size() != hidden.rows()) {
            throw new IllegalArgumentException("targets must be as many as the rows of hidden, got " + targets + " and " + hidden);
        }
        for (long i = 0; i < targets.size(); i++) {
            if (targets.get(i) < 0 || targets.get(i) >= classes) {
                throw new IllegalArgumentException("targets must be from 0 and below " + classes + ", got " + targets.get(i) + " at index " + i);
            }
        }
    }

    private void checkShapes(Tensor hidden, Parameters of) {
        long width = hidden.columns();
        if (of.w1().rows() != groups || of.w1().columns() != width || of.b1().size() != groups || of.w2().columns() != width
                || of.w2().rows() != (long) groups * members || of.b2().size() != (long) groups * members) {
            throw new IllegalArgumentException("parameters must be of " + groups + " groups of " + members + " with rows of " + width + ", got "
                    + of);
        }
    }
}
