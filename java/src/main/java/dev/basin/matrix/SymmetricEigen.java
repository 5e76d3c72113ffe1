package dev.basin.matrix;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Eigenvectors of a symmetric matrix in double: Householder's reflections to a tridiagonal matrix, then QL with implicit shifts
 * (Golub and Van Loan, Matrix Computations, sections 8.3.1 and 8.3.3). The order is fixed: the same bits on every machine.
 */
public final class SymmetricEigen {
    private static final int MOST_ITERATIONS = 60;
    private static final double ROUNDING = 0x1p-52;

    private final int size;
    private final double scale;
    private final double[] diagonal;
    /** Beside the diagonal: an entry below each of its numbers. */
    private final double[] beside;
    /** Row by row. */
    private final double[] vectors;
    private final int[] descending;

    private SymmetricEigen(double[] matrix, int size) {
        this.size = size;
        this.diagonal = new double[size];
        this.beside = new double[size];
        double largest = Arrays.stream(matrix).map(Math::abs).reduce(0, Math::max);
        this.scale = largest == 0 || !Double.isFinite(largest) ? 1 : largest;
        if (Double.isFinite(largest)) {
            double[] a = Arrays.stream(matrix).map(x -> x / scale).toArray();
            double[] factors = tridiagonalise(a);
            this.vectors = transposedReflections(a, factors);
            diagonalise();
        } else {
            this.vectors = new double[size * size];
            Arrays.fill(vectors, Double.NaN);
            Arrays.fill(diagonal, Double.NaN);
        }
        this.descending = IntStream.range(0, size).boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> diagonal[i]).reversed()).mapToInt(i -> i).toArray();
    }

    /** Of a row-major matrix, which is left as it is; where it has a number that is not finite, all is NaN. */
    public static SymmetricEigen of(double[] matrix, int size) {
        return new SymmetricEigen(matrix, size);
    }

    /** An eigenvalue, the largest first. */
    public double value(int rank) {
        return scale * diagonal[descending[rank]];
    }

    /** An entry of its eigenvector, of norm 1. */
    public double vector(int rank, int entry) {
        return vectors[descending[rank] * size + entry];
    }

    /**
     * Reflects the matrix from both sides until nothing is left beyond the numbers beside the diagonal. Row k then holds, right of
     * its diagonal, the vector of reflection k; returned are the factors 2 / v'v.
     */
    private double[] tridiagonalise(double[] a) {
        double[] factors = new double[size];
        double[] product = new double[size];
        for (int k = 0; k < size - 2; k++) {
            int row = k * size;
            double rest = 0;
            for (int j = k + 2; j < size; j++) {
                rest += a[row + j] * a[row + j];
            }
            double head = a[row + k + 1];
            diagonal[k] = a[row + k];
            beside[k] = head;
            if (rest > 0) {
                beside[k] = -Math.copySign(Math.sqrt(head * head + rest), head);
                a[row + k + 1] = head - beside[k];
                factors[k] = 1 / Math.abs(beside[k] * (head - beside[k]));
                reflectRest(a, k, factors[k], product);
            }
        }
        if (size > 1) {
            diagonal[size - 2] = a[size * size - size - 2];
            beside[size - 2] = a[size * size - size - 1];
        }
        if (size > 0) {
            diagonal[size - 1] = a[size * size - 1];
        }
        return factors;
    }

    /** A - v w' - w v' on the rows and columns after k, with w = p - (factor p'v / 2) v and p = factor A v. */
    private void reflectRest(double[] a, int k, double factor, double[] w) {
        int v = k * size;
        Arrays.fill(w, k + 1, size, 0);
        for (int i = k + 1; i < size; i++) {
            addScaled(w, 0, factor * a[v + i], a, i * size, k + 1);
        }
        double along = 0;
        for (int i = k + 1; i < size; i++) {
            along += w[i] * a[v + i];
        }
        addScaled(w, 0, -0.5 * factor * along, a, v, k + 1);
        for (int i = k + 1; i < size; i++) {
            addScaled(a, i * size, -a[v + i], w, 0, k + 1);
            addScaled(a, i * size, -w[i], a, v, k + 1);
        }
    }

    /** The transpose of the product of all reflections. */
    private double[] transposedReflections(double[] a, double[] factors) {
        double[] q = new double[size * size];
        double[] sums = new double[size];
        for (int i = 0; i < size; i++) {
            q[i * size + i] = 1;
        }
        for (int k = size - 3; k >= 0; k--) {
            if (factors[k] == 0) {
                continue;
            }
            Arrays.fill(sums, k + 1, size, 0);
            for (int i = k + 1; i < size; i++) {
                addScaled(sums, 0, a[k * size + i], q, i * size, k + 1);
            }
            for (int i = k + 1; i < size; i++) {
                addScaled(q, i * size, -factors[k] * a[k * size + i], sums, 0, k + 1);
            }
        }
        double[] transposed = new double[size * size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                transposed[j * size + i] = q[i * size + j];
            }
        }
        return transposed;
    }

    /** Of two rows, from an entry on. */
    private void addScaled(double[] to, int toRow, double factor, double[] from, int fromRow, int begin) {
        for (int j = begin; j < size; j++) {
            to[toRow + j] += factor * from[fromRow + j];
        }
    }

    private void diagonalise() {
        for (int first = 0; first < size; first++) {
            for (int iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
                int last = endOfBlock(first);
                if (last == first) {
                    break;
                }
                chase(first, last);
            }
        }
    }

    /** The last row before a number beside the diagonal that does not count. */
    private int endOfBlock(int first) {
        int last = first;
        while (last < size - 1
                && Math.abs(beside[last]) > ROUNDING * (Math.abs(diagonal[last]) + Math.abs(diagonal[last + 1]))) {
            last++;
        }
        return last;
    }

    /** A step of QL: rotations from the bottom of a block to its top, the first by Wilkinson's shift. */
    private void chase(int first, int last) {
        double half = (diagonal[first + 1] - diagonal[first]) / (2 * beside[first]);
        double root = Math.sqrt(half * half + 1);
        double g = diagonal[last] - diagonal[first] + beside[first] / (half + Math.copySign(root, half));
        double sine = 1;
        double cosine = 1;
        double moved = 0;
        for (int i = last - 1; i >= first; i--) {
            double f = sine * beside[i];
            double b = cosine * beside[i];
            double r = Math.sqrt(f * f + g * g);
            beside[i + 1] = r;
            if (r == 0) {
                diagonal[i + 1] -= moved;
                beside[last] = 0;
                return;
            }
            sine = f / r;
            cosine = g / r;
            g = diagonal[i + 1] - moved;
            double sum = (diagonal[i] - g) * sine + 2 * cosine * b;
            moved = sine * sum;
            diagonal[i + 1] = g + moved;
            g = cosine * sum - b;
            rotate(i * size, (i + 1) * size, sine, cosine);
        }
        diagonal[first] -= moved;
        beside[first] = g;
        beside[last] = 0;
    }

    private void rotate(int upper, int lower, double sine, double cosine) {
        for (int k = 0; k < size; k++) {
            double x = vectors[upper + k];
            double y = vectors[lower + k];
            vectors[lower + k] = sine * x + cosine * y;
            vectors[upper + k] = cosine * x - sine * y;
        }
    }
}
