package dev.basin.gemm;

/** What every matrix product asks of its matrices. */
final class Operands {
    private Operands() {}

    static void check(int m, int n, int k, float[] a, float[] b, float[] c) {
        check("a", a, m, k);
        check("b", b, k, n);
        check("c", c, m, n);
        if (c == a || c == b) {
            throw new IllegalArgumentException("c must not be " + (c == a ? "a" : "b") + ": it is written while that is read");
        }
    }

    private static void check(String name, float[] matrix, int rows, int columns) {
        if (rows < 0 || columns < 0 || matrix.length < (long) rows * columns) {
            throw new IllegalArgumentException(
                    name + " must hold " + rows + " x " + columns + " elements, got " + matrix.length);
        }
    }
}
