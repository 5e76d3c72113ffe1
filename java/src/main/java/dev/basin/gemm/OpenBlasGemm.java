package dev.basin.gemm;

import dev.basin.binding.BackendUnavailableException;
import dev.basin.dispatch.Team;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * Matrix products by OpenBLAS, one thread a call. The result is cut into tiles that follow from its shape alone, and the sum into
 * parts likewise, so that the bits do not depend on who computes which. A part is also small enough, well below a millisecond, to
 * hold up a garbage collection no longer than that: while it runs on arrays, they must not move.
 */
final class OpenBlasGemm implements Gemm {
    private static final int LARGEST_TILE = 192;
    private static final int SMALLEST_SPLIT = 64;
    private static final int FEWEST_TILES = 8;
    private static final int LONGEST_PART = 256;
    private static final long PARALLEL_OPERATIONS = 1 << 21;

    private final OpenBlas library;
    private final Team team;

    OpenBlasGemm(Team team) throws BackendUnavailableException {
        this.library = OpenBlas.open();
        this.team = team;
    }

    @Override
    public void multiply(
            boolean transposeA, boolean transposeB, int m, int n, int k, float alpha, Rows a, Rows b, float beta, Rows c) {
        Operands.check(transposeA, transposeB, m, n, k, a, b, c);
        multiplyTiles(new Product(transposeA, transposeB, m, n, k, alpha, Operand.of(a), Operand.of(b), beta, Operand.of(c)));
    }

    @Override
    public void multiply(
            boolean transposeA, boolean transposeB, int m, int n, int k,
            float alpha, MemorySegment a, MemorySegment b, float beta, MemorySegment c) {
        Operands.check(m, n, k, a, b, c);
        multiplyTiles(new Product(transposeA, transposeB, m, n, k, alpha, Operand.of(a, transposeA ? m : k),
                Operand.of(b, transposeB ? k : n), beta, Operand.of(c, n)));
        Reference.reachabilityFence(a);
        Reference.reachabilityFence(b);
        Reference.reachabilityFence(c);
    }

    private void multiplyTiles(Product product) {
        if (product.m == 0 || product.n == 0) {
            return;
        }
        long tiles = (long) product.rowTiles() * product.columnTiles();
        long grain = 2L * product.m * product.n * product.k < PARALLEL_OPERATIONS ? tiles : 1;
        team.run((begin, end) -> {
            for (long tile = begin; tile < end; tile++) {
                multiplyTile(product, tile);
            }
        }, 0, tiles, grain);
    }

    @Override
    public String description() {
        return library.description();
    }

    private record Operand(MemorySegment memory, int stride) {
        static Operand of(Rows rows) {
            return new Operand(MemorySegment.ofArray(rows.values()).asSlice((long) rows.offset() * Float.BYTES), Math.max(1, rows.stride()));
        }

        static Operand of(MemorySegment matrix, int stride) {
            return new Operand(openToHelpers(matrix), Math.max(1, stride));
        }

        /** Without the owner that memory of the calling thread's has: it waits here, and cannot close it meanwhile. */
        @SuppressWarnings("restricted") // as large as it was
        private static MemorySegment openToHelpers(MemorySegment matrix) {
            if (!matrix.isNative()) {
                return matrix;
            }
            if (!matrix.scope().isAlive() || !matrix.isAccessibleBy(Thread.currentThread())) {
                throw new IllegalArgumentException("matrices must be alive and open to the calling thread");
            }
            return MemorySegment.ofAddress(matrix.address()).reinterpret(matrix.byteSize());
        }

        /** From this element on. */
        MemorySegment from(int row, int column) {
            return memory.asSlice(((long) row * stride + column) * Float.BYTES);
        }
    }

    private record Product(
            boolean transposeA, boolean transposeB, int m, int n, int k, float alpha, Operand a, Operand b, float beta, Operand c) {
        int rowTiles() {
            return parts(m, LARGEST_TILE);
        }

        /** More where there are few rows, so that several threads have something to do. */
        int columnTiles() {
            int wanted = Math.ceilDiv(FEWEST_TILES, rowTiles());
            return Math.max(parts(n, LARGEST_TILE), Math.min(wanted, parts(n, SMALLEST_SPLIT)));
        }

        /** {@code op(a)} from this element on. */
        MemorySegment a(int row, int inner) {
            return transposeA ? a.from(inner, row) : a.from(row, inner);
        }

        /** {@code op(b)} from this element on. */
        MemorySegment b(int inner, int column) {
            return transposeB ? b.from(column, inner) : b.from(inner, column);
        }
    }

    private void multiplyTile(Product product, long tile) {
        int rowTiles = product.rowTiles();
        int columnTiles = product.columnTiles();
        int tileRow = (int) (tile / columnTiles);
        int tileColumn = (int) (tile % columnTiles);
        int top = border(product.m, rowTiles, tileRow);
        int rows = border(product.m, rowTiles, tileRow + 1) - top;
        int left = border(product.n, columnTiles, tileColumn);
        int columns = border(product.n, columnTiles, tileColumn + 1) - left;
        // One part even of an empty sum, which scales the tile.
        int depthParts = Math.max(1, parts(product.k, LONGEST_PART));
        for (int part = 0; part < depthParts; part++) {
            int inner = border(product.k, depthParts, part);
            int depth = border(product.k, depthParts, part + 1) - inner;
            library.multiply(product.transposeA, product.transposeB, rows, columns, depth,
                    product.alpha, product.a(top, inner), product.a.stride, product.b(inner, left), product.b.stride,
                    part == 0 ? product.beta : 1, product.c.from(top, left), product.c.stride);
        }
    }

    private static int parts(int size, int largest) {
        return Math.ceilDiv(size, largest);
    }

    /** Where a part of equal parts begins. */
    private static int border(int size, int parts, int part) {
        return (int) ((long) size * part / parts);
    }
}
