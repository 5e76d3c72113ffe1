package dev.basin.gemm;

import dev.basin.dispatch.Team;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A plain matrix product for small networks. Rows of the result are independent, so any split among threads gives the same
 * bits; the innermost loop runs along a row of {@code b} or of a copy of its transpose, which the JIT compiler vectorises.
 */
final class JavaGemm implements Gemm {
    private static final long ROWS_EACH = 16;
    private static final long PARALLEL_OPERATIONS = 1 << 21;

    private final Team team;
    private final String reason;

    /** @param reason why it is this one, for a person to read */
    JavaGemm(Team team, String reason) {
        this.team = team;
        this.reason = reason;
    }

    @Override
    public void multiply(
            boolean transposeA, boolean transposeB, int m, int n, int k, float alpha, Rows a, Rows b, float beta, Rows c) {
        Operands.check(transposeA, transposeB, m, n, k, a, b, c);
        Rows rows = transposeA ? transposed(a, k, m) : a;
        Rows columns = transposeB ? transposed(b, n, k) : b;
        long grain = 2L * m * n * k < PARALLEL_OPERATIONS ? Math.max(1, m) : ROWS_EACH;
        team.run((begin, end) -> multiplyRows((int) begin, (int) end, n, k, alpha, rows, columns, beta, c), 0, m, grain);
    }

    /** On copies of the matrices. */
    @Override
    public void multiply(
            boolean transposeA, boolean transposeB, int m, int n, int k,
            float alpha, MemorySegment a, MemorySegment b, float beta, MemorySegment c) {
        Operands.check(m, n, k, a, b, c);
        float[] result = beta == 0 ? new float[Math.multiplyExact(m, n)] : copy(c, m, n);
        multiply(transposeA, transposeB, m, n, k, alpha, copy(a, m, k), copy(b, k, n), beta, result);
        MemorySegment.copy(result, 0, c, ValueLayout.JAVA_FLOAT_UNALIGNED, 0, result.length);
    }

    private static float[] copy(MemorySegment matrix, int rows, int columns) {
        float[] copy = new float[Math.multiplyExact(rows, columns)];
        MemorySegment.copy(matrix, ValueLayout.JAVA_FLOAT_UNALIGNED, 0, copy, 0, copy.length);
        return copy;
    }

    @Override
    public String description() {
        return "plain Java (" + reason + ")";
    }

    private static void multiplyRows(int begin, int end, int n, int k, float alpha, Rows a, Rows b, float beta, Rows c) {
        for (int row = begin; row < end; row++) {
            int to = c.offset() + row * c.stride();
            scaleRow(c.values(), to, n, beta);
            for (int inner = 0; inner < k; inner++) {
                addScaledRow(c.values(), to, b.values(), b.offset() + inner * b.stride(), n,
                        alpha * a.values()[a.offset() + row * a.stride() + inner]);
            }
        }
    }

    private static void scaleRow(float[] c, int offset, int n, float beta) {
        for (int column = 0; column < n; column++) {
            c[offset + column] = beta == 0 ? 0 : beta * c[offset + column];
        }
    }

    private static void addScaledRow(float[] c, int offset, float[] b, int other, int n, float factor) {
        for (int column = 0; column < n; column++) {
            c[offset + column] += factor * b[other + column];
        }
    }

    private static Rows transposed(Rows matrix, int rows, int columns) {
        float[] result = new float[rows * columns];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                result[column * rows + row] = matrix.values()[matrix.offset() + row * matrix.stride() + column];
            }
        }
        return new Rows(result, 0, rows);
    }
}
