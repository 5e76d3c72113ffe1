package dev.basin.layer;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.matrix.Matrix;
import java.lang.foreign.MemorySegment;

/**
 * Gaussian naive Bayes with a variance for each feature that all classes share: a linear classifier from one pass of statistics (Zheng, Wu,
 * Bao, Cao, Li and Zhu, Revisiting Discriminative vs. Generative Classifiers, ICML 2023, arXiv 2302.02334).
 *
 * <p>Counts, means and sums of squared deviations of every class are kept in double and updated row by row, so that any split into batches
 * gives the same to rounding; those of two workers merge exactly (Chan, Golub and LeVeque).
 *
 * <pre>{@code
 * v_j = sum_k squares_kj / rows + epsilon
 * W_kj = mean_kj / v_j,   b_k = log(count_k / rows) - 1/2 sum_j mean_kj^2 / v_j,   scores = x W' + b
 * }</pre>
 *
 * A class that was never seen has weights of 0, a bias of negative infinity, and is never predicted.
 *
 * <p><b>Shapes.</b> Features {@code [rows, width]}, f32 or bf16 (f64 on the reference), finite; labels {@code [rows]} i32 below the number
 * of classes. Not for use by several threads at a time. Errors are {@link IllegalArgumentException}, before anything changes.
 */
public final class GaussianNaiveBayes {
    private final Basin basin;
    private final int classes;
    private final int width;
    private final double[] counts;
    private final double[] means;
    private final double[] squares;

    /** Statistics of nothing. */
    public GaussianNaiveBayes(Basin basin, int classes, int width) {
        if (classes < 1 || width < 1) {
            throw new IllegalArgumentException("classes and width must be at least 1, got " + classes + " and " + width);
        }
        this.basin = basin;
        this.classes = classes;
        this.width = width;
        this.counts = new double[classes];
        this.means = new double[Math.multiplyExact(classes, width)];
        this.squares = new double[means.length];
    }

    /** Takes rows into account. */
    public void update(Tensor features, Tensor labels) {
        int rows = Math.toIntExact(features.rows());
        if (features.columns() != width || labels.size() != rows || labels.type() != DataType.I32) {
            throw new IllegalArgumentException(
                    "features must have rows of " + width + " and as many labels, got " + features + " and " + labels);
        }
        double[] ordinals = new double[rows];
        double[] counted = counts.clone();
        for (int i = 0; i < rows; i++) {
            int label = (int) labels.get(i);
            if (label < 0 || label >= classes) {
                throw new IllegalArgumentException("labels must be from 0 and below " + classes + ", got " + label + " at index " + i);
            }
            ordinals[i] = ++counted[label];
        }
        for (long i = 0; i < features.size(); i++) {
            if (!Double.isFinite(features.get(i))) {
                throw new IllegalArgumentException("features must be finite, got " + features.get(i) + " at index " + i);
            }
        }
        basin.kernels().output().classMoments(
                features.type().code(), features.memory(), features.rowStride(), labels.memory(), MemorySegment.ofArray(ordinals),
                MemorySegment.ofArray(means), MemorySegment.ofArray(squares), width, 0, width, rows, classes);
        System.arraycopy(counted, 0, counts, 0, classes);
    }

    /** Takes into account what another has seen. */
    public void merge(GaussianNaiveBayes other) {
        if (other.classes != classes || other.width != width) {
            throw new IllegalArgumentException(
                    "other must have " + classes + " classes and rows of " + width + ", got " + other.classes + " and " + other.width);
        }
        for (int k = 0; k < classes; k++) {
            double count = counts[k] + other.counts[k];
            for (int j = k * width; j < (k + 1) * width && other.counts[k] > 0; j++) {
                double apart = other.means[j] - means[j];
                means[j] += apart * other.counts[k] / count;
                squares[j] += other.squares[j] + apart * apart * counts[k] * other.counts[k] / count;
            }
            counts[k] = count;
        }
    }

    /** Writes the statistics: {@code [classes]}, {@code [classes, width]}, {@code [classes, width]}. */
    public void statistics(Tensor count, Tensor mean, Tensor squaredDeviations) {
        for (int k = 0; k < classes; k++) {
            count.set(k, counts[k]);
        }
        for (int i = 0; i < means.length; i++) {
            mean.set(i, means[i]);
            squaredDeviations.set(i, squares[i]);
        }
    }

    /**
     * The classifier.
     *
     * @param epsilon added to every variance; the authors' 1e-9
     * @throws IllegalArgumentException if there were no rows, or a variance is 0
     */
    public Classifier finish(double epsilon) {
        double rows = 0;
        for (double count : counts) {
            rows += count;
        }
        if (rows == 0 || !(epsilon >= 0)) {
            throw new IllegalArgumentException("there must be rows, and epsilon at least 0, got " + rows + " and " + epsilon);
        }
        double[] variances = new double[width];
        for (int j = 0; j < width; j++) {
            for (int k = 0; k < classes; k++) {
                variances[j] += squares[k * width + j] / rows;
            }
            variances[j] += epsilon;
            if (!(variances[j] > 0)) {
                throw new IllegalArgumentException("epsilon must be above 0 where a feature is constant, as feature " + j + " is");
            }
        }
        double[] weights = new double[means.length];
        double[] biases = new double[classes];
        for (int k = 0; k < classes; k++) {
            biases[k] = Math.log(counts[k] / rows);
            for (int j = 0; j < width; j++) {
                double mean = counts[k] == 0 ? 0 : means[k * width + j];
                weights[k * width + j] = mean / variances[j];
                biases[k] -= mean * mean / variances[j] / 2;
            }
        }
        return new Classifier(basin, variances, weights, biases);
    }

    /**
     * A linear classifier.
     *
     * @param variances {@code [width]}
     * @param weights {@code [classes, width]}
     * @param biases {@code [classes]}
     */
    public record Classifier(Basin basin, double[] variances, double[] weights, double[] biases) {
        /** The scores {@code [rows, classes]}, and the class of the largest of each row, the lowest among equals. */
        public int[] predict(Tensor features, Tensor scores) {
            DataType type = features.type().computationType();
            int width = variances.length;
            Matrix w = Matrix.zeros(type, biases.length, width);
            for (int i = 0; i < weights.length; i++) {
                w.put(i, weights[i]);
            }
            Matrix product = Matrix.affine(basin.gemm(), Matrix.of(type, features), w, k -> biases[k]);
            int[] best = new int[product.rows()];
            for (int row = 0; row < best.length; row++) {
                for (int k = 0; k < biases.length; k++) {
                    best[row] = product.get(row, k) > product.get(row, best[row]) ? k : best[row];
                }
            }
            product.writeTo(scores);
            return best;
        }
    }
}
