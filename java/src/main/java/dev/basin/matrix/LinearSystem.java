package dev.basin.matrix;

/** Small dense systems of equations in double, by elimination with row exchanges; tells when there is no telling the solution. */
public final class LinearSystem {
    private final int size;
    private final double[] factors;
    private final int[] order;
    private final boolean singular;

    private LinearSystem(int size, double[] factors, int[] order, boolean singular) {
        this.size = size;
        this.factors = factors;
        this.order = order;
        this.singular = singular;
    }

    /** Factors a copy of a row-major square matrix; a pivot below {@code least} times the largest entry makes it singular. */
    public static LinearSystem of(double[] matrix, int size, double least) {
        double[] a = matrix.clone();
        int[] order = new int[size];
        double largest = 0;
        for (double entry : a) {
            largest = Math.max(largest, Math.abs(entry));
        }
        boolean singular = false;
        for (int i = 0; i < size; i++) {
            order[i] = i;
        }
        for (int column = 0; column < size && !singular; column++) {
            int pivot = column;
            for (int row = column + 1; row < size; row++) {
                pivot = Math.abs(a[row * size + column]) > Math.abs(a[pivot * size + column]) ? row : pivot;
            }
            singular = !(Math.abs(a[pivot * size + column]) > least * largest);
            exchange(a, order, size, column, pivot);
            for (int row = column + 1; row < size && !singular; row++) {
                double factor = a[row * size + column] / a[column * size + column];
                a[row * size + column] = factor;
                for (int k = column + 1; k < size; k++) {
                    a[row * size + k] -= factor * a[column * size + k];
                }
            }
        }
        return new LinearSystem(size, a, order, singular);
    }

    private static void exchange(double[] a, int[] order, int size, int one, int other) {
        if (one == other) {
            return;
        }
        int kept = order[one];
        order[one] = order[other];
        order[other] = kept;
        for (int k = 0; k < size; k++) {
            double value = a[one * size + k];
            a[one * size + k] = a[other * size + k];
            a[other * size + k] = value;
        }
    }

    public boolean isSingular() {
        return singular;
    }

    /** Replaces a right side by the solution. */
    public void solve(double[] x) {
        double[] permuted = new double[size];
        for (int i = 0; i < size; i++) {
            permuted[i] = x[order[i]];
        }
        for (int i = 0; i < size; i++) {
            for (int k = 0; k < i; k++) {
                permuted[i] -= factors[i * size + k] * permuted[k];
            }
        }
        for (int i = size - 1; i >= 0; i--) {
            for (int k = i + 1; k < size; k++) {
                permuted[i] -= factors[i * size + k] * permuted[k];
            }
            permuted[i] /= factors[i * size + i];
        }
        System.arraycopy(permuted, 0, x, 0, size);
    }
}
