package dev.basin.optim;

import dev.basin.gemm.Gemm;
import dev.basin.matrix.Matrix;
import dev.basin.matrix.SymmetricEigen;

/**
 * The leading singular vectors of a gradient, as rows [rank, columns] of the right ones or columns [rows, rank] of the left; of a
 * gradient that is not finite, NaN.
 */
record LowRankProjector(boolean right, Matrix vectors) {
    /** Vectors whose singular value is rounding beside the largest are zeros: nothing is known of their direction. */
    private static final double LEAST = 1e-12;

    /**
     * Fills the vectors, by the eigenvectors of the smaller Gram matrix, in double.
     *
     * @return whether nothing but rounding is left of the gradient outside of the subspace
     */
    boolean fill(Matrix gradient) {
        int rows = gradient.rows();
        int columns = gradient.columns();
        int rank = right ? vectors.rows() : vectors.columns();
        boolean overRows = rows < columns;
        int size = overRows ? rows : columns;
        SymmetricEigen eigen = SymmetricEigen.of(gram(gradient, overRows), size);
        for (int i = 0; i < rank; i++) {
            boolean isZero = isZero(eigen, i, size);
            for (int k = 0; k < (right ? columns : rows); k++) {
                double entry = isZero ? 0 : right != overRows ? eigen.vector(i, k) : otherSide(gradient, eigen, i, k, right);
                vectors.set(right ? i : k, right ? k : i, entry);
            }
        }
        return isZero(eigen, rank, size);
    }

    private static boolean isZero(SymmetricEigen eigen, int rank, int size) {
        return rank >= size || eigen.value(rank) <= LEAST * eigen.value(0);
    }

    private static double[] gram(Matrix gradient, boolean overRows) {
        int size = overRows ? gradient.rows() : gradient.columns();
        int inner = overRows ? gradient.columns() : gradient.rows();
        double[] gram = new double[size * size];
        for (int k = 0; k < inner; k++) {
            for (int i = 0; i < size; i++) {
                double x = overRows ? gradient.get(i, k) : gradient.get(k, i);
                for (int j = 0; j <= i; j++) {
                    gram[i * size + j] += x * (overRows ? gradient.get(j, k) : gradient.get(k, j));
                }
            }
        }
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < i; j++) {
                gram[j * size + i] = gram[i * size + j];
            }
        }
        return gram;
    }

    /** An entry of the singular vector that belongs to an eigenvector of the other side's Gram matrix. */
    private static double otherSide(Matrix gradient, SymmetricEigen eigen, int rank, int entry, boolean right) {
        double sum = 0;
        for (int k = 0; k < (right ? gradient.rows() : gradient.columns()); k++) {
            sum += eigen.vector(rank, k) * (right ? gradient.get(k, entry) : gradient.get(entry, k));
        }
        return sum / Math.sqrt(eigen.value(rank));
    }

    /** The part of a matrix that lies in the subspace, in its terms. */
    void down(Gemm gemm, Matrix full, Matrix low) {
        if (right) {
            low.multiply(gemm, 1, false, full, true, vectors, 0);
        } else {
            low.multiply(gemm, 1, true, vectors, false, full, 0);
        }
    }

    void up(Gemm gemm, Matrix low, Matrix full) {
        if (right) {
            full.multiply(gemm, 1, false, low, false, vectors, 0);
        } else {
            full.multiply(gemm, 1, false, vectors, false, low, 0);
        }
    }
}
