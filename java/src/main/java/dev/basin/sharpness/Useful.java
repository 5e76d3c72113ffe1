package dev.basin.sharpness;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.dispatch.CommonChecks;
import dev.basin.matrix.Rows;
import java.util.Arrays;
import java.util.List;

/**
 * Which examples to show more often, so that features are learnt more evenly: USEFUL (Nguyen, Haddad, Gan and Mirzasoleiman, Changing the
 * Training Data Distribution to Reduce Simplicity Bias Improves In-distribution Generalization, NeurIPS 2024, arXiv 2404.17768).
 *
 * <ol>
 * <li>Train some epochs, until the training error no longer falls fast: 5 to 8 of 200 on CIFAR-10.</li>
 * <li>In each class by itself, put the network's outputs for its examples into two clusters by {@link KMeans}.</li>
 * <li>The one of the larger mean loss is of the examples without the features that are learnt fast: its examples are slow.</li>
 * <li>Repeat slow examples {@code factor} times and the others once, and train on those from scratch.</li>
 * </ol>
 *
 * A repeat is as good as a weight of the example's loss, with the sum of the repeats to divide a mean by.
 *
 * <p>The authors start k-means at random and several times. Here each class starts at two of its examples: those of its lowest and its
 * highest loss, the first of equals, or those that are given. At equal mean losses the first cluster is the slow one. A class whose
 * examples are all in one cluster, as the only one of a class is, has no slow ones.
 *
 * <p><b>Shapes.</b> outputs {@code [examples, classes]}, f32 or bf16 (f64 on the Java backends), finite; labels {@code [examples]} i32
 * below {@code classes}; losses {@code [examples]}, finite; repeats and slow {@code [examples]} i32. All in the host's memory.
 *
 * <p><b>Errors.</b> {@link IllegalArgumentException} naming the argument, what it got and what it needs; outputs are untouched.
 *
 * @param clustering how examples are put into clusters
 * @param factor how often slow examples are repeated, at least 1; 2 by default
 */
public record Useful(KMeans clustering, int factor) {
    private static final int DEFAULT_FACTOR = 2;

    public Useful {
        Checks.requireGiven("clustering", clustering);
        if (factor < 1) {
            throw new IllegalArgumentException("factor must be at least 1, got " + factor);
        }
    }

    public static Useful defaults() {
        return new Useful(KMeans.defaults(), DEFAULT_FACTOR);
    }

    public Useful clustering(KMeans other) {
        return new Useful(other, factor);
    }

    public Useful factor(int times) {
        return new Useful(clustering, times);
    }

    /** With each class starting at its examples of the lowest and the highest loss. */
    public long repeats(Basin basin, Tensor outputs, Tensor labels, Tensor losses, Tensor repeats, Tensor slow) {
        return repeats(basin, outputs, labels, losses, List.of(), repeats, slow);
    }

    /**
     * Says how often each example is to be shown.
     *
     * @param starts for each class, as far as they go, the rows of the two examples where its centres start, or nothing for those of its
     *     lowest and its highest loss
     * @param repeats written: {@code factor} or 1
     * @param slow written: 1 for slow examples, 0 for others
     * @return the sum of the repeats
     */
    public long repeats(
            Basin basin, Tensor outputs, Tensor labels, Tensor losses, List<int[]> starts, Tensor repeats, Tensor slow) {
        check(outputs, labels, losses, starts, repeats, slow);
        int classes = Math.toIntExact(outputs.columns());
        int[][] members = members(labels, classes);
        double[] loss = Rows.loadAll(losses);
        requireFinite("losses", loss, 0);
        boolean[] isSlow = new boolean[loss.length];
        for (int k = 0; k < classes; k++) {
            int[] given = k < starts.size() ? starts.get(k) : new int[0];
            requireStarts(k, given, members[k]);
            if (members[k].length > 1) {
                markSlow(basin, outputs, loss, members[k], given.length == 0 ? extremes(members[k], loss) : given, isSlow);
            }
        }
        long total = 0;
        for (int i = 0; i < isSlow.length; i++) {
            repeats.set(i, isSlow[i] ? factor : 1);
            slow.set(i, isSlow[i] ? 1 : 0);
            total += isSlow[i] ? factor : 1;
        }
        return total;
    }

    private void markSlow(Basin basin, Tensor outputs, double[] loss, int[] members, int[] starts, boolean[] isSlow) {
        int width = Math.toIntExact(outputs.columns());
        DataType type = outputs.type().computationType();
        Tensor points = Rows.zeros(type, members.length, width);
        Tensor centres = Rows.zeros(DataType.F64, 2, width);
        for (int i = 0; i < members.length; i++) {
            double[] row = Rows.load(outputs, members[i]);
            requireFinite("outputs", row, (long) members[i] * width);
            Rows.store(points, i, row);
        }
        Rows.store(centres, 0, Rows.load(outputs, starts[0]));
        Rows.store(centres, 1, Rows.load(outputs, starts[1]));
        int[] assignments = new int[members.length];
        clustering.cluster(basin, points, centres, Tensor.of(assignments));
        double[] sums = new double[2];
        int[] counts = new int[2];
        for (int i = 0; i < members.length; i++) {
            sums[assignments[i]] += loss[members[i]];
            counts[assignments[i]]++;
        }
        if (counts[0] == 0 || counts[1] == 0) {
            return;
        }
        int slower = sums[1] / counts[1] > sums[0] / counts[0] ? 1 : 0;
        for (int i = 0; i < members.length; i++) {
            isSlow[members[i]] = assignments[i] == slower;
        }
    }

    /** The examples of each class. */
    private static int[][] members(Tensor labels, int classes) {
        int[] label = new int[Math.toIntExact(labels.size())];
        int[] counts = new int[classes];
        for (int i = 0; i < label.length; i++) {
            label[i] = (int) labels.get(i);
            if (label[i] < 0 || label[i] >= classes) {
                throw new IllegalArgumentException(
                        "labels must be from 0 and below " + classes + ", got " + label[i] + " at index " + i);
            }
            counts[label[i]]++;
        }
        int[][] members = new int[classes][];
        Arrays.setAll(members, k -> new int[counts[k]]);
        for (int i = label.length - 1; i >= 0; i--) {
            members[label[i]][--counts[label[i]]] = i;
        }
        return members;
    }

    private static int[] extremes(int[] members, double[] loss) {
        int lowest = members[0];
        int highest = members[0];
        for (int member : members) {
            lowest = loss[member] < loss[lowest] ? member : lowest;
            highest = loss[member] > loss[highest] ? member : highest;
        }
        return new int[] {lowest, highest};
    }

    private static void check(Tensor outputs, Tensor labels, Tensor losses, List<int[]> starts, Tensor repeats, Tensor slow) {
        Checks.requireMatrix("outputs", outputs);
        Checks.requireVector("labels", labels, outputs.rows(), true);
        Checks.requireVector("losses", losses, outputs.rows(), false);
        Checks.requireVector("repeats", repeats, outputs.rows(), true);
        Checks.requireVector("slow", slow, outputs.rows(), true);
        CommonChecks.requireWritable("repeats", repeats, List.of(outputs, labels, losses, slow));
        CommonChecks.requireWritable("slow", slow, List.of(outputs, labels, losses));
        Checks.requireGiven("starts", starts);
        for (int k = Math.toIntExact(outputs.columns()); k < starts.size(); k++) {
            requireStarts(k, starts.get(k), new int[0]);
        }
    }

    private static void requireStarts(int label, int[] given, int[] members) {
        boolean areMembers = Arrays.stream(given).allMatch(row -> Arrays.binarySearch(members, row) >= 0);
        if (given.length != 0 && (given.length != 2 || !areMembers)) {
            throw new IllegalArgumentException("starts must be two rows of the class each or none, got " + Arrays.toString(given)
                    + " for class " + label);
        }
    }

    private static void requireFinite(String name, double[] values, long first) {
        for (int i = 0; i < values.length; i++) {
            if (!Double.isFinite(values[i])) {
                throw new IllegalArgumentException(name + " must be finite, got " + values[i] + " at index " + (first + i));
            }
        }
    }
}
