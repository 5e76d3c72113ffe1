package dev.basin.gemm;

import java.lang.foreign.MemorySegment;

/** Matrix products of row-major float matrices. */
public interface Gemm {
    /** A matrix within an array: its first element is at {@code offset}, and a row begins {@code stride} elements after the one before. */
    record Rows(float[] values, int offset, int stride) {}

    /**
     * {@code c = alpha * op(a) * op(b) + beta * c}, with {@code op(a)} of {@code [m, k]}, {@code op(b)} of {@code [k, n]} and
     * {@code c} of {@code [m, n]}. A transposed operand is stored the other way round: {@code [k, m]}, {@code [n, k]}. With
     * {@code beta == 0} what was in {@code c} is not read. The array of {@code c} must not be that of another.
     */
    void multiply(boolean transposeA, boolean transposeB, int m, int n, int k, float alpha, Rows a, Rows b, float beta, Rows c);

    /** The same of matrices that begin with their arrays and have no gaps. */
    default void multiply(
            boolean transposeA, boolean transposeB, int m, int n, int k,
            float alpha, float[] a, float[] b, float beta, float[] c) {
        multiply(transposeA, transposeB, m, n, k, alpha, new Rows(a, 0, transposeA ? m : k), new Rows(b, 0, transposeB ? k : n), beta,
                new Rows(c, 0, n));
    }

    /**
     * The same of matrices in memory of any kind, which need not begin where it does: the product of some rows of a matrix is that
     * of a slice.
     */
    void multiply(
            boolean transposeA, boolean transposeB, int m, int n, int k,
            float alpha, MemorySegment a, MemorySegment b, float beta, MemorySegment c);

    /** What computes it, for a person to read. */
    String description();
}
