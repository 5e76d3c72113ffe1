package dev.basin.gemm;

import dev.basin.binding.BackendUnavailableException;
import dev.basin.dispatch.Team;
import java.lang.foreign.MemorySegment;

/**
 * Matrix products by OpenBLAS, one thread a call. The result is cut into tiles that follow from its shape alone, and the sum into
 * parts likewise, so that the bits do not depend on who computes which. A part is also small enough, well below a millisecond, to
 * hold up a garbage collection no longer than that: while it runs on arrays, they must not move.
 */
final class OpenBlasGemm implements Gemm {
    private static final int LARGEST_TILE = 192;
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
            boolean transposeA, boolean transposeB, int m, int n, int k,
            float alpha, float[] a, float[] b, float beta, float[] c) {
        Operands.check(m, n, k, a, b, c);
        if (m == 0 || n == 0) {
            return;
        }
        Product product = new Product(transposeA, transposeB, m, n, k, alpha,
                MemorySegment.ofArray(a), MemorySegment.ofArray(b), beta, MemorySegment.ofArray(c));
        long tiles = (long) parts(m, LARGEST_TILE) * parts(n, LARGEST_TILE);
        long grain = 2L * m * n * k < PARALLEL_OPERATIONS ? tiles : 1;
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

    private record Product(
            boolean transposeA, boolean transposeB, int m, int n, int k,
            float alpha, MemorySegment a, MemorySegment b, float beta, MemorySegment c) {
        int strideA() {
            return Math.max(1, transposeA ? m : k);
        }

        int strideB() {
            return Math.max(1, transposeB ? k : n);
        }

        /** {@code op(a)} from this element on. */
        MemorySegment a(int row, int inner) {
            return from(a, transposeA ? inner : row, transposeA ? row : inner, strideA());
        }

        /** {@code op(b)} from this element on. */
        MemorySegment b(int inner, int column) {
            return from(b, transposeB ? column : inner, transposeB ? inner : column, strideB());
        }

        MemorySegment c(int row, int column) {
            return from(c, row, column, n);
        }

        private static MemorySegment from(MemorySegment matrix, int row, int column, int stride) {
            return matrix.asSlice(((long) row * stride + column) * Float.BYTES);
        }
    }

    private void multiplyTile(Product product, long tile) {
        int columnTiles = parts(product.n, LARGEST_TILE);
        int rowTiles = parts(product.m, LARGEST_TILE);
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
                    product.alpha, product.a(top, inner), product.strideA(), product.b(inner, left), product.strideB(),
                    part == 0 ? product.beta : 1, product.c(top, left), product.n);
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
