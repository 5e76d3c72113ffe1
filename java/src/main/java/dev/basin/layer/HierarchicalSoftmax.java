package dev.basin.layer;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.loss.CrossEntropy;
import dev.basin.loss.Reduction;
import dev.basin.loss.RowBuffers;
import dev.basin.matrix.Matrix;

/**
 * A softmax of two levels, the usual way to a large output layer and the baseline of {@link dev.basin.loss.FactoredOutputLayer}: class
 * {@code y} is member {@code y mod n2} of group {@code y / n2}, with {@code n2} the root of the number of classes, rounded up.
 *
 * <pre>{@code
 * loss = -log softmax(W1 h + b1)[group] - log softmax(W2[group] h + b2[group])[member]
 * }</pre>
 *
 * Members beyond the last class do not exist and are left out of their softmax, so that all probabilities add up to 1. Only the groups of
 * a batch's targets are read and get a gradient.
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
    public record Parameters(Tensor w1, Tensor b1, Tensor w2, Tensor b2) {}

    /** Losses and gradients; those of groups that no row belongs to are set to 0. */
    public void forwardBackward(
            Basin basin, Tensor hidden, Parameters parameters, Tensor targets, Tensor losses, Tensor gradHidden, Parameters gradients) {
        check(hidden, parameters, targets);
        DataType type = hidden.type();
        int rows = Math.toIntExact(hidden.rows());
        Matrix h = Matrix.of(type, hidden);
        Matrix w1 = Matrix.of(type, parameters.w1());
        int[] group = new int[rows];
        for (int i = 0; i < rows; i++) {
            group[i] = (int) targets.get(i) / members;
        }
        double[] loss = new double[rows];
        Matrix outer = Matrix.affine(basin.gemm(), h, w1, parameters.b1()::get);
        addLosses(basin, outer, group, loss);
        Matrix byHidden = Matrix.zeros(type, rows, h.columns());
        byHidden.multiply(basin.gemm(), 1, false, outer, false, w1, 0);
        Matrix byW1 = Matrix.zeros(type, groups, h.columns());
        byW1.multiply(basin.gemm(), 1, true, outer, false, h, 0);
        byW1.writeTo(gradients.w1());
        addColumns(outer, gradients.b1(), 0);
        fill(gradients.w2());
        fill(gradients.b2());
        for (int g = 0; g < groups; g++) {
            inner(basin, g, group, h, parameters, targets, loss, byHidden, gradients);
        }
        byHidden.writeTo(gradHidden);
        for (int i = 0; i < rows; i++) {
            losses.set(i, loss[i]);
        }
    }

    /** The second level of one group, if any row is in it. */
    private void inner(
            Basin basin, int g, int[] group, Matrix h, Parameters parameters, Tensor targets, double[] loss, Matrix byHidden,
            Parameters gradients) {
        int[] rows = java.util.stream.IntStream.range(0, group.length).filter(i -> group[i] == g).toArray();
        if (rows.length == 0) {
            return;
        }
        DataType type = h.type();
        int width = h.columns();
        int count = Math.min(members, classes - g * members);
        Matrix own = Matrix.zeros(type, rows.length, width);
        int[] member = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            member[i] = (int) targets.get(rows[i]) % members;
            for (int j = 0; j < width; j++) {
                own.set(i, j, h.get(rows[i], j));
            }
        }
        Matrix w = Matrix.zeros(type, count, width);
        long offset = (long) g * members * width;
        for (int i = 0; i < w.size(); i++) {
            w.put(i, parameters.w2().get(offset + i));
        }
        Matrix logits = Matrix.affine(basin.gemm(), own, w, k -> parameters.b2().get((long) g * members + k));
        double[] part = new double[rows.length];
        addLosses(basin, logits, member, part);
        Matrix back = Matrix.zeros(type, rows.length, width);
        back.multiply(basin.gemm(), 1, false, logits, false, w, 0);
        for (int i = 0; i < rows.length; i++) {
            loss[rows[i]] += part[i];
            for (int j = 0; j < width; j++) {
                byHidden.add(rows[i], j, back.get(i, j));
            }
        }
        Matrix byW = Matrix.zeros(type, count, width);
        byW.multiply(basin.gemm(), 1, true, logits, false, own, 0);
        for (int i = 0; i < byW.size(); i++) {
            gradients.w2().set(offset + i, byW.at(i));
        }
        addColumns(logits, gradients.b2(), (long) g * members);
    }

    /** Adds cross-entropies, and leaves the gradient in the logits. */
    private static void addLosses(Basin basin, Matrix logits, int[] targets, double[] losses) {
        Tensor both = logits.tensor();
        Tensor each = Tensor.of(Matrix.zeros(logits.type(), 1, losses.length).memory(), logits.type(), losses.length);
        new CrossEntropy().reduction(Reduction.SUM).forwardBackward(basin, both, Tensor.of(targets), both, RowBuffers.NONE.losses(each));
        for (int i = 0; i < losses.length; i++) {
            losses[i] += each.get(i);
        }
    }

    private static void addColumns(Matrix gradient, Tensor to, long offset) {
        for (int k = 0; k < gradient.columns(); k++) {
            to.set(offset + k, gradient.columnSum(k));
        }
    }

    private static void fill(Tensor tensor) {
        for (long i = 0; i < tensor.size(); i++) {
            tensor.set(i, 0);
        }
    }

    private void check(Tensor hidden, Parameters of, Tensor targets) {
        long width = hidden.columns();
        if (of.w1().rows() != groups || of.w1().columns() != width || of.b1().size() != groups || of.w2().columns() != width
                || of.w2().rows() != (long) groups * members || of.b2().size() != (long) groups * members) {
            throw new IllegalArgumentException("parameters must be of " + groups + " groups of " + members + " with rows of " + width + ", got "
                    + of);
        }
        if (targets.size() != hidden.rows()) {
            throw new IllegalArgumentException("targets must be as many as the rows of hidden, got " + targets + " and " + hidden);
        }
        for (long i = 0; i < targets.size(); i++) {
            if (targets.get(i) < 0 || targets.get(i) >= classes) {
                throw new IllegalArgumentException("targets must be from 0 and below " + classes + ", got " + targets.get(i) + " at index " + i);
            }
        }
    }
}
