package dev.basin.matrix;

/** The factor L of a symmetric positive definite matrix A = L L', in double. */
public final class Cholesky {
    private final int size;
    private final double[] lower;

    private Cholesky(int size, double[] lower) {
        this.size = size;
        this.lower = lower;
    }

    /**
     * Factors a row-major matrix, of which the lower triangle is read.
     *
     * @throws ArithmeticException if a pivot is not above 0: the matrix is not positive definite, to rounding
     */
    public static Cholesky of(double[] matrix, int size) {
        double[] l = matrix.clone();
        for (int j = 0; j < size; j++) {
            double pivot = l[j * size + j] - dot(l, j * size, j * size, j);
            if (!(pivot > 0)) {
                throw new ArithmeticException("the matrix must be positive definite, got a pivot of " + pivot + " in row " + j);
            }
            double root = Math.sqrt(pivot);
            l[j * size + j] = root;
            for (int i = j + 1; i < size; i++) {
                l[i * size + j] = (l[i * size + j] - dot(l, i * size, j * size, j)) / root;
            }
        }
        return new Cholesky(size, l);
    }

    private static double dot(double[] l, int first, int second, int length) {
        double sum = 0;
        for (int k = 0; k < length; k++) {
            sum += l[first + k] * l[second + k];
        }
        return sum;
    }

    /** The inverse of the matrix, symmetric to the bit. */
    public double[] inverse() {
        double[] rows = invertedTransposed();
        double[] inverse = new double[size * size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = 0;
                for (int k = i; k < size; k++) {
                    sum += rows[i * size + k] * rows[j * size + k];
                }
                inverse[i * size + j] = sum;
                inverse[j * size + i] = sum;
            }
        }
        return inverse;
    }

    /** Column c of the inverse of L, from c on, as row c. */
    private double[] invertedTransposed() {
        double[] rows = new double[size * size];
        for (int c = 0; c < size; c++) {
            rows[c * size + c] = 1 / lower[c * size + c];
            for (int i = c + 1; i < size; i++) {
                double sum = 0;
                for (int k = c; k < i; k++) {
                    sum += lower[i * size + k] * rows[c * size + k];
                }
                rows[c * size + i] = -sum / lower[i * size + i];
            }
        }
        return rows;
    }
}
