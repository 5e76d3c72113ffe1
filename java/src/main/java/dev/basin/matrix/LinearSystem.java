package dev.basin.matrix;

import java.util.Arrays;

/** Small dense systems of equations in double, by elimination with row exchanges; tells when there is no telling the solution. */
public final class LinearSystem {
    /** Right sides that are worked on at a time: their rows stay in the cache. */
    private static final int COLUMNS = 64;

    private final int size;
    private final double[][] factors;
    private final int[] order;
    private final boolean singular;

    private LinearSystem(int size, double[][] factors, int[] order, boolean singular) {
        this.size = size;
        this.factors = factors;
        this.order = order;
        this.singular = singular;
    }

    /** Factors a copy of a row-major square matrix; a pivot below {@code least} times the largest entry makes it singular. */
    public static LinearSystem of(double[] matrix, int size, double least) {
        double[][] a = new double[size][];
        int[] order = new int[size];
        double largest = 0;
        for (double entry : matrix) {
            largest = Math.max(largest, Math.abs(entry));
        }
        for (int i = 0; i < size; i++) {
            a[i] = Arrays.copyOfRange(matrix, i * size, (i + 1) * size);
            order[i] = i;
        }
        boolean singular = false;
        for (int column = 0; column < size && !singular; column++) {
            int pivot = column;
            for (int row = column + 1; row < size; row++) {
                pivot = Math.abs(a[row][column]) > Math.abs(a[pivot][column]) ? row : pivot;
            }
            singular = !(Math.abs(a[pivot][column]) > least * largest);
            exchange(a, order, column, pivot);
            for (int row = column + 1; row < size && !singular; row++) {
                double factor = a[row][column] / a[column][column];
                a[row][column] = factor;
                subtract(a[row], factor, a[column], column + 1, size);
            }
        }
        return new LinearSystem(size, a, order, singular);
    }

    private static void exchange(double[][] a, int[] order, int one, int other) {
        double[] row = a[one];
        a[one] = a[other];
        a[other] = row;
        int kept = order[one];
        order[one] = order[other];
        order[other] = kept;
    }

    private static void subtract(double[] from, double factor, double[] row, int begin, int end) {
        for (int k = begin; k < end; k++) {
            from[k] -= factor * row[k];
        }
    }

    public boolean isSingular() {
        return singular;
    }

    /** Replaces a right side by the solution. */
    public void solve(double[] x) {
        double[] solved = solveAll(x, 1);
        System.arraycopy(solved, 0, x, 0, size);
    }

    /** The solutions for the columns of a row-major matrix, in its shape. */
    public double[] solveAll(double[] right, int columns) {
        double[][] x = new double[size][];
        for (int i = 0; i < size; i++) {
            x[i] = Arrays.copyOfRange(right, order[i] * columns, (order[i] + 1) * columns);
        }
        for (int begin = 0; begin < columns; begin += COLUMNS) {
            solve(x, begin, Math.min(columns, begin + COLUMNS));
        }
        double[] all = new double[size * columns];
        for (int i = 0; i < size; i++) {
            System.arraycopy(x[i], 0, all, i * columns, columns);
        }
        return all;
    }

    private void solve(double[][] x, int begin, int end) {
        for (int i = 0; i < size; i++) {
            for (int k = 0; k < i; k++) {
                subtract(x[i], factors[i][k], x[k], begin, end);
            }
        }
        for (int i = size - 1; i >= 0; i--) {
            for (int k = i + 1; k < size; k++) {
                subtract(x[i], factors[i][k], x[k], begin, end);
            }
            double pivot = factors[i][i];
            for (int j = begin; j < end; j++) {
                x[i][j] /= pivot;
            }
        }
    }
}
