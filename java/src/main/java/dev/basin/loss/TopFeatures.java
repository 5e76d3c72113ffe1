package dev.basin.loss;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.matrix.Rows;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * What the calibrator of {@link Calibration} looks at: the probabilities, in transformed views of an example, of the classes that its
 * original logits put first (Liu, Wang, Zou, Zou and Zheng, Optimizing Calibration by Gaining Aware of Prediction Correctness, 2024, arXiv
 * 2404.13016, which takes three views and four classes).
 *
 * <pre>{@code
 * indices_i = the count largest of logits_i, the largest first, the lower class first among equals
 * features_i = for each view v, for each of these classes k: softmax(views_vi)_k
 * }</pre>
 *
 * <p>A view is read twice, for its largest logit and for its normaliser; its softmax is never stored. A row of a view that holds a NaN or a
 * positive infinity, or nothing but negative infinity, has NaN features; a NaN among the original logits comes after every number.
 *
 * <p><b>Shapes.</b> logits {@code [rows, classes]}, views {@code [views, rows, classes]}, f32 or bf16; features {@code [rows, views count]},
 * f32; indices {@code [rows, count]} i32. There is no gradient: the classifier is frozen. Immutable. Errors are
 * {@link IllegalArgumentException}; outputs are untouched then.
 */
public final class TopFeatures {
    /** No label means "leave this row out" here. */
    private static final int NONE_IGNORED = Integer.MIN_VALUE;

    private final int count;

    /** @param count how many classes are looked at, at least 1 */
    public TopFeatures(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("count must be at least 1, got " + count);
        }
        this.count = count;
    }

    /** Writes features and indices. */
    public void of(Basin basin, Tensor logits, Tensor views, Tensor features, Tensor indices) {
        check(logits, views, features, indices);
        int rows = Math.toIntExact(logits.rows());
        int classes = Math.toIntExact(logits.columns());
        double[] row = new double[classes];
        for (int i = 0; i < rows; i++) {
            Rows.load(logits, i, row);
            int[] chosen = Arguments.largest(classes, k -> row[k], count);
            for (int rank = 0; rank < count; rank++) {
                indices.set((long) i * count + rank, chosen[rank]);
            }
        }
        double[] confidences = confidences(basin, views, features.type());
        int all = Math.toIntExact(views.shape()[0]);
        for (int view = 0; view < all; view++) {
            for (int i = 0; i < rows; i++) {
                int at = view * rows + i;
                Rows.load(views, at, row);
                double top = Arrays.stream(row).max().orElseThrow();
                for (int rank = 0; rank < count; rank++) {
                    int k = Arguments.integer(indices, (long) i * count + rank);
                    features.set(((long) i * all + view) * count + rank, confidences[at] * Math.exp(row[k] - top));
                }
            }
        }
    }

    /** The largest probability of each row of each view: one over its sum of exponentials beside the largest. */
    private static double[] confidences(Basin basin, Tensor views, DataType type) {
        long rows = views.rows();
        double[] ones = new double[Math.toIntExact(rows)];
        Arrays.fill(ones, 1);
        MemorySegment room = basin.scratch().acquire((3 * rows + 1) * Double.BYTES);
        try {
            MemorySegment labels = room.asSlice(0, rows * Integer.BYTES).fill((byte) 0);
            Tensor temperatures = Tensor.of(room.asSlice(rows * Double.BYTES, rows * type.byteSize()), type, rows);
            Tensor found = Tensor.of(room.asSlice(2 * rows * Double.BYTES, rows * type.byteSize()), type, rows);
            Rows.storeAll(temperatures, ones);
            basin.kernels().output().temperatureStatistics(
                    views.type().code(), views.memory(), views.rowStride(), labels, type.code(), temperatures.memory(), type.code(),
                    MemorySegment.NULL, found.memory(), MemorySegment.NULL, MemorySegment.NULL, MemorySegment.NULL, MemorySegment.NULL,
                    0, rows, views.columns(), 1, 1, NONE_IGNORED);
            return Rows.loadAll(found);
        } finally {
            basin.scratch().release(room);
        }
    }

    private void check(Tensor logits, Tensor views, Tensor features, Tensor indices) {
        Arguments.requireGiven("logits", logits);
        Arguments.requireGiven("views", views);
        Arguments.requireGiven("features", features);
        Arguments.requireGiven("indices", indices);
        if (logits.rank() != 2 || logits.columns() < count) {
            throw new IllegalArgumentException("logits must have rows of at least " + count + " classes, got " + logits);
        }
        if (views.rank() != 3 || views.shape()[1] != logits.rows() || views.columns() != logits.columns()) {
            throw new IllegalArgumentException("views must be matrices of the shape of logits, got " + views + " and " + logits);
        }
        Arguments.requireVector("features", features, views.rows() * count, false);
        Arguments.requireVector("indices", indices, logits.rows() * count, true);
        DataType type = logits.type().computationType();
        if (features.type() != type) {
            throw new IllegalArgumentException("features must be " + type.label() + ", got " + features);
        }
    }
}
