package dev.basin.loss;

import dev.basin.matrix.Matrix;
import java.util.SplittableRandom;

/** The ends of a square matrix's singular values, by power iteration in double. */
final class SingularValues {
    private static final int STEPS = 100;
    private static final double CONVERGED = 1e-12;

    private SingularValues() {}

    /**
     * The largest singular value of a matrix, or the smallest by way of its transposed inverse, which has the same directions.
     *
     * @param direction receives the left one
     */
    static double extreme(Matrix matrix, boolean isInverse, double[] direction) {
        double[][] rows = rows(matrix);
        SplittableRandom random = new SplittableRandom(7);
        for (int j = 0; j < direction.length; j++) {
            direction[j] = random.nextDouble() - 0.5;
        }
        double value = 0;
        for (int step = 0; step < STEPS; step++) {
            normalize(direction);
            double[] across = across(rows, direction);
            double before = value;
            for (int i = 0; i < rows.length; i++) {
                direction[i] = dot(rows[i], across);
            }
            value = Math.sqrt(Math.sqrt(dot(direction, direction)));
            if (Math.abs(value - before) <= CONVERGED * value) {
                break;
            }
        }
        normalize(direction);
        return isInverse ? 1 / value : value;
    }

    /** {@code matrix' vector}. */
    static double[] across(Matrix matrix, double[] vector) {
        return across(rows(matrix), vector);
    }

    private static double[] across(double[][] rows, double[] vector) {
        double[] sums = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
            double factor = vector[i];
            double[] row = rows[i];
            for (int j = 0; j < row.length; j++) {
                sums[j] += factor * row[j];
            }
        }
        return sums;
    }

    private static double[][] rows(Matrix matrix) {
        double[][] rows = new double[matrix.rows()][matrix.columns()];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < rows[i].length; j++) {
                rows[i][j] = matrix.get(i, j);
            }
        }
        return rows;
    }

    /** In four sums, which need not wait for each other. */
    private static double dot(double[] a, double[] b) {
        double first = 0;
        double second = 0;
        double third = 0;
        double fourth = 0;
        int i = 0;
        for (; i + 4 <= a.length; i += 4) {
            first += a[i] * b[i];
            second += a[i + 1] * b[i + 1];
            third += a[i + 2] * b[i + 2];
            fourth += a[i + 3] * b[i + 3];
        }
        for (; i < a.length; i++) {
            first += a[i] * b[i];
        }
        return first + second + (third + fourth);
    }

    private static void normalize(double[] vector) {
        double norm = Math.sqrt(dot(vector, vector));
        for (int i = 0; i < vector.length; i++) {
            vector[i] /= norm;
        }
    }
}
