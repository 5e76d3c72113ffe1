package dev.basin.gemm;

import java.lang.foreign.MemorySegment;

/** What every matrix product asks of its matrices. */
final class Operands {
    private Operands() {}

    static void check(boolean transposeA, boolean transposeB, int m, int n, int k, Gemm.Rows a, Gemm.Rows b, Gemm.Rows c) {
        check("a", a, m, k, transposeA);
        check("b", b, k, n, transposeB);
        check("c", c, m, n, false);
        if (c.values() == a.values() || c.values() == b.values()) {
            throw new IllegalArgumentException(
                    "c must not be " + (c.values() == a.values() ? "a" : "b") + ": it is written while that is read");
        }
    }

    private static void check(String name, Gemm.Rows matrix, int height, int width, boolean transposed) {
        int rows = transposed ? width : height;
        int columns = transposed ? height : width;
        if (height < 0 || width < 0 || matrix.offset() < 0 || matrix.stride() < columns) {
            throw new IllegalArgumentException(name + " must have an offset of at least 0 and rows at least " + columns + " apart, got "
                    + matrix.offset() + " and " + matrix.stride());
        }
        long needed = rows == 0 || columns == 0 ? 0 : matrix.offset() + (long) (rows - 1) * matrix.stride() + columns;
        if (matrix.values().length < needed) {
            String where = needed == (long) rows * columns ? "" : ", " + needed + " with its offset and gaps";
            throw new IllegalArgumentException(
                    name + " must hold " + height + " x " + width + " elements" + where + ", got " + matrix.values().length);
        }
    }

    static void check(int m, int n, int k, MemorySegment a, MemorySegment b, MemorySegment c) {
        check("a", a, m, k);
        check("b", b, k, n);
        check("c", c, m, n);
        if (c.asOverlappingSlice(a).isPresent() || c.asOverlappingSlice(b).isPresent()) {
            throw new IllegalArgumentException("c must not overlap " + (c.asOverlappingSlice(a).isPresent() ? "a" : "b")
                    + ": it is written while that is read");
        }
        if (c.isReadOnly()) {
            throw new IllegalArgumentException("c is written to, but it is read-only");
        }
    }

    private static void check(String name, MemorySegment matrix, int height, int width) {
        long elements = matrix.byteSize() / Float.BYTES;
        if (height < 0 || width < 0 || elements < (long) height * width) {
            throw new IllegalArgumentException(name + " must hold " + height + " x " + width + " elements, got " + elements);
        }
    }
}
