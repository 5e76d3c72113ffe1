package dev.basin.gemm;

/** Matrix products of row-major float matrices. */
public interface Gemm {
    /**
     * {@code c = alpha * op(a) * op(b) + beta * c}, with {@code op(a)} of {@code [m, k]}, {@code op(b)} of {@code [k, n]} and
     * {@code c} of {@code [m, n]}. A transposed operand is stored the other way round: {@code [k, m]}, {@code [n, k]}. With
     * {@code beta == 0} what was in {@code c} is not read.
     */
    void multiply(
            boolean transposeA, boolean transposeB, int m, int n, int k,
            float alpha, float[] a, float[] b, float beta, float[] c);

    /** What computes it, for a person to read. */
    String description();
}
