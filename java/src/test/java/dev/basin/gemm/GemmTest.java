package dev.basin.gemm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.BackendException;
import dev.basin.TestBackends;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GemmTest {
    private static final double UNIT_ROUNDOFF = 0x1p-24;

    /** Around the borders of tiles and parts, and shapes that have only one of some direction. */
    private static final int[][] SHAPES = {
        {1, 1, 1}, {3, 5, 7}, {32, 10, 64}, {1, 200, 300}, {200, 1, 300}, {193, 385, 5}, {192, 192, 256}, {65, 70, 513},
    };

    @ParameterizedTest
    @ValueSource(strings = {"java", "openblas"})
    void productsAreWithinTheBoundOfTheirSums(String name) {
        try (Basin basin = open(name, 2)) {
            Random random = new Random(1);
            for (int[] shape : SHAPES) {
                for (int transposes = 0; transposes < 4; transposes++) {
                    for (float beta : new float[] {0, 1, -0.5f}) {
                        new Problem(shape, (transposes & 1) != 0, (transposes & 2) != 0, 1.5f, beta, random).check(basin.gemm());
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "openblas"})
    void theBitsDoNotDependOnTheThreads(String name) {
        for (int[] shape : new int[][] {{400, 300, 700}, {32, 2000, 64}, {1000, 3, 999}}) {
            float[] first = null;
            for (int threads : new int[] {1, 2, 5}) {
                try (Basin basin = open(name, threads)) {
                    Problem problem = new Problem(shape, true, false, 1, 0, new Random(2));
                    problem.multiply(basin.gemm());
                    first = first == null ? problem.c : first;
                    assertArrayEquals(first, problem.c, Arrays.toString(shape) + " on " + threads + " threads");
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "openblas"})
    void withBetaZeroWhatWasThereIsNotRead(String name) {
        try (Basin basin = open(name, 1)) {
            for (int k : new int[] {0, 3}) {
                float[] c = new float[20];
                Arrays.fill(c, Float.NaN);
                basin.gemm().multiply(false, false, 4, 5, k, 1, new float[4 * k], new float[k * 5], 0, c);
                assertArrayEquals(new float[20], c);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "openblas"})
    void anEmptySumLeavesBetaTimesWhatWasThere(String name) {
        try (Basin basin = open(name, 1)) {
            float[] c = {1, 2, 3, 4};
            basin.gemm().multiply(false, true, 2, 2, 0, 1, new float[0], new float[0], 0.5f, c);
            assertArrayEquals(new float[] {0.5f, 1, 1.5f, 2}, c);
            basin.gemm().multiply(false, false, 0, 2, 3, 1, new float[0], new float[6], 0, c);
            assertArrayEquals(new float[] {0.5f, 1, 1.5f, 2}, c);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "openblas"})
    void whatDoesNotFitIsRefused(String name) {
        try (Basin basin = open(name, 1)) {
            Gemm gemm = basin.gemm();
            float[] four = new float[4];
            var small = assertThrows(IllegalArgumentException.class,
                    () -> gemm.multiply(false, false, 2, 3, 2, 1, four, four, 0, new float[6]));
            assertEquals("b must hold 2 x 3 elements, got 4", small.getMessage());
            var alias = assertThrows(IllegalArgumentException.class,
                    () -> gemm.multiply(false, false, 2, 2, 2, 1, four, new float[4], 0, four));
            assertEquals("c must not be a: it is written while that is read", alias.getMessage());
            assertThrows(IllegalArgumentException.class,
                    () -> gemm.multiply(false, false, 65536, 65536, 1, 1, four, four, 0, four));
        }
    }

    /** Matrices within larger ones give the same bits, and nothing around the result is touched. */
    @ParameterizedTest
    @ValueSource(strings = {"java", "openblas"})
    void matricesWithinOthersGiveTheSameBits(String name) {
        try (Basin basin = open(name, 2)) {
            for (int transposes = 0; transposes < 4; transposes++) {
                Problem problem = new Problem(new int[] {20, 200, 300}, (transposes & 1) != 0, (transposes & 2) != 0, 1, 1, new Random(4));
                Gemm.Rows c = within(problem.c, 20, 200, 7, 5);
                float[] around = c.values().clone();
                basin.gemm().multiply(problem.transposeA, problem.transposeB, 20, 200, 300, 1,
                        problem.transposeA ? within(problem.a, 300, 20, 3, 1) : within(problem.a, 20, 300, 3, 1),
                        problem.transposeB ? within(problem.b, 200, 300, 0, 2) : within(problem.b, 300, 200, 0, 2), 1, c);
                problem.multiply(basin.gemm());
                for (int i = 0; i < 20; i++) {
                    System.arraycopy(problem.c, i * 200, around, 7 + i * 205, 200);
                }
                assertArrayEquals(around, c.values());
            }
        }
    }

    private static Gemm.Rows within(float[] matrix, int rows, int columns, int offset, int gap) {
        float[] values = new float[offset + rows * (columns + gap)];
        Arrays.fill(values, 12345);
        for (int i = 0; i < rows; i++) {
            System.arraycopy(matrix, i * columns, values, offset + i * (columns + gap), columns);
        }
        return new Gemm.Rows(values, offset, columns + gap);
    }

    /** Rows in the middle of an array, and in memory that only this thread may touch, with enough work for two. */
    @ParameterizedTest
    @ValueSource(strings = {"java", "openblas"})
    void slicesOfMemoryGiveTheBitsOfArrays(String name) {
        int m = 300;
        Random random = new Random(3);
        float[] a = Problem.normal(m * 64, random);
        float[] b = Problem.normal(64 * 64, random);
        float[] longer = new float[a.length + 5];
        System.arraycopy(a, 0, longer, 5, a.length);
        float[] expected = new float[m * 64];
        float[] c = new float[m * 64];
        try (Basin basin = open(name, 2); Arena arena = Arena.ofConfined()) {
            basin.gemm().multiply(false, true, m, 64, 64, 1, a, b, 0, expected);
            MemorySegment columns = MemorySegment.ofArray(b);
            basin.gemm().multiply(false, true, m, 64, 64, 1,
                    MemorySegment.ofArray(longer).asSlice(5 * Float.BYTES), columns, 0, MemorySegment.ofArray(c));
            assertArrayEquals(expected, c);
            MemorySegment written = arena.allocate(c.length * (long) Float.BYTES, Float.BYTES);
            basin.gemm().multiply(false, true, m, 64, 64, 1, arena.allocateFrom(ValueLayout.JAVA_FLOAT, a), columns, 0, written);
            assertArrayEquals(expected, written.toArray(ValueLayout.JAVA_FLOAT));
            assertEquals("c must not overlap b: it is written while that is read", assertThrows(IllegalArgumentException.class, () ->
                    basin.gemm().multiply(false, true, 1, 64, 64, 1, MemorySegment.ofArray(a), columns, 0, columns.asSlice(4)))
                    .getMessage());
        }
    }

    @Test
    void javaBackendsCallNoNativeCodeUnlessAsked() {
        for (String backend : new String[] {"java", "reference"}) {
            try (Basin basin = Basin.open(Basin.Options.defaults().backend(backend))) {
                assertEquals("plain Java (like the backend)", basin.gemm().description());
            }
        }
    }

    @Test
    void anUnknownNameIsRefused() {
        try (Basin basin = Basin.open(Basin.Options.defaults().backend("java").gemm("mkl"))) {
            assertEquals("gemm must be one of auto, openblas, java, got mkl",
                    assertThrows(IllegalArgumentException.class, basin::gemm).getMessage());
        }
    }

    /** Skips the test where OpenBLAS is missing, with the reason, as tests of backends do. */
    private static Basin open(String gemm, int threads) {
        Basin basin = TestBackends.open(Basin.Options.defaults().backend("java").threads(threads).gemm(gemm));
        try {
            basin.gemm();
        } catch (BackendException missing) {
            Assumptions.assumeTrue("required".equals(System.getenv("BASIN_NATIVE")), missing.getMessage());
            throw missing;
        }
        return basin;
    }

    private static final class Problem {
        final int m;
        final int n;
        final int k;
        final boolean transposeA;
        final boolean transposeB;
        final float alpha;
        final float beta;
        final float[] a;
        final float[] b;
        final float[] before;
        final float[] c;

        Problem(int[] shape, boolean transposeA, boolean transposeB, float alpha, float beta, Random random) {
            this.m = shape[0];
            this.n = shape[1];
            this.k = shape[2];
            this.transposeA = transposeA;
            this.transposeB = transposeB;
            this.alpha = alpha;
            this.beta = beta;
            this.a = normal(m * k, random);
            this.b = normal(k * n, random);
            this.before = normal(m * n, random);
            this.c = before.clone();
        }

        void multiply(Gemm gemm) {
            gemm.multiply(transposeA, transposeB, m, n, k, alpha, a, b, beta, c);
        }

        /** Against sums in double; a float sum in any order is off by no more than this (Higham 2002, section 3.5). */
        void check(Gemm gemm) {
            multiply(gemm);
            for (int row = 0; row < m; row++) {
                for (int column = 0; column < n; column++) {
                    double expected = (double) beta * before[row * n + column];
                    double magnitude = Math.abs(expected);
                    for (int inner = 0; inner < k; inner++) {
                        double term = (double) alpha * a[transposeA ? inner * m + row : row * k + inner]
                                * b[transposeB ? column * k + inner : inner * n + column];
                        expected += term;
                        magnitude += Math.abs(term);
                    }
                    double error = Math.abs(expected - c[row * n + column]);
                    double bound = (k + 4) * UNIT_ROUNDOFF * magnitude;
                    assertTrue(error <= bound, () -> m + " x " + n + " x " + k + ": off by " + error + ", bound " + bound);
                }
            }
        }

        private static float[] normal(int count, Random random) {
            float[] values = new float[count];
            for (int i = 0; i < count; i++) {
                values[i] = (float) random.nextGaussian();
            }
            return values;
        }
    }
}
