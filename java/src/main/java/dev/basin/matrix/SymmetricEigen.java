package dev.basin.matrix;

/** Eigenvectors of a symmetric matrix in double by Jacobi's rotations, in a fixed order: the same bits on every machine. */
public final class SymmetricEigen {
    private static final int MOST_SWEEPS = 40;

    private final int size;
    private final double[] a;
    private final double[] vectors;
    private final Integer[] descending;

    private SymmetricEigen(double[] matrix, int size) {
        this.size = size;
        this.a = matrix.clone();
        this.vectors = new double[size * size];
        this.descending = new Integer[size];
        for (int i = 0; i < size; i++) {
            vectors[i * size + i] = 1;
            descending[i] = i;
        }
        for (int sweep = 0; sweep < MOST_SWEEPS && rotateAll(); sweep++) { }
        java.util.Arrays.sort(descending, (i, j) -> Double.compare(a[j * size + j], a[i * size + i]));
    }

    /** Of a row-major matrix, which is left as it is. */
    public static SymmetricEigen of(double[] matrix, int size) {
        return new SymmetricEigen(matrix, size);
    }

    /** An eigenvalue, the largest first. */
    public double value(int rank) {
        return a[descending[rank] * size + descending[rank]];
    }

    /** An entry of its eigenvector, of norm 1. */
    public double vector(int rank, int entry) {
        return vectors[descending[rank] * size + entry];
    }

    /** One rotation for each pair whose entry counts beside its diagonal ones; whether there was any. */
    private boolean rotateAll() {
        boolean any = false;
        for (int p = 0; p < size; p++) {
            for (int q = p + 1; q < size; q++) {
                double between = a[p * size + q];
                double scale = Math.sqrt(Math.abs(a[p * size + p])) * Math.sqrt(Math.abs(a[q * size + q]));
                if (Math.abs(between) > 1e-16 * scale && Math.abs(between) > Double.MIN_NORMAL) {
                    rotate(p, q, between);
                    any = true;
                }
            }
        }
        return any;
    }

    private void rotate(int p, int q, double between) {
        double theta = (a[q * size + q] - a[p * size + p]) / (2 * between);
        double t = Math.copySign(1, theta) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        double c = 1 / Math.sqrt(t * t + 1);
        double s = t * c;
        for (int k = 0; k < size; k++) {
            if (k != p && k != q) {
                double x = a[p * size + k];
                double y = a[q * size + k];
                a[p * size + k] = c * x - s * y;
                a[q * size + k] = s * x + c * y;
                a[k * size + p] = a[p * size + k];
                a[k * size + q] = a[q * size + k];
            }
            double x = vectors[p * size + k];
            double y = vectors[q * size + k];
            vectors[p * size + k] = c * x - s * y;
            vectors[q * size + k] = s * x + c * y;
        }
        a[p * size + p] -= t * between;
        a[q * size + q] += t * between;
        a[p * size + q] = 0;
        a[q * size + p] = 0;
    }
}
