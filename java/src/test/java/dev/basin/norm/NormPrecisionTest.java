package dev.basin.norm;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.TestBackends;
import dev.basin.Tensor;
import java.lang.foreign.Arena;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Rows that f32 sums of squares, or a mean rounded to f32, get wrong are right on every backend, their gradients too. */
class NormPrecisionTest {
    /** Of the largest result; gradients of the size of their terms, {@code rstd g}. */
    private static final double TOLERANCE = 1e-6;

    private static final int[] WIDTHS = {2, 16, 33, 1000, 5000};

    @TestFactory
    Stream<DynamicTest> aSmallDeviationAroundALargeMean() {
        return everywhere(seed -> k -> 4096 + k / 1024.0);
    }

    @TestFactory
    Stream<DynamicTest> largeRows() {
        return everywhere(seed -> scaled(1e15, seed));
    }

    @TestFactory
    Stream<DynamicTest> rowsWhoseSquaresOverflow() {
        return everywhere(seed -> scaled(1e25, seed));
    }

    @TestFactory
    Stream<DynamicTest> smallRows() {
        return everywhere(seed -> scaled(1e-12, seed));
    }

    @TestFactory
    Stream<DynamicTest> largeRowsWithALargerMean() {
        return everywhere(seed -> {
            Random random = new Random(seed);
            return k -> 3e16 + 1e15 * random.nextGaussian();
        });
    }

    private static IntToDoubleFunction scaled(double scale, long seed) {
        Random random = new Random(seed);
        return k -> scale * random.nextGaussian();
    }

    private interface Rows {
        IntToDoubleFunction of(long seed);
    }

    private static Stream<DynamicTest> everywhere(Rows rows) {
        return TestBackends.names().flatMap(backend -> Stream.of(new LayerNorm(), new RmsNorm(), new CrmsNorm())
                .map(norm -> DynamicTest.dynamicTest(backend + " " + norm.label(), () -> check(backend, norm, rows))));
    }

    private static void check(String backend, RowNorm<?> norm, Rows rows) {
        try (Basin basin = TestBackends.open(backend); Basin reference = TestBackends.reference()) {
            for (int width : WIDTHS) {
                for (long seed = 1; seed <= 3; seed++) {
                    IntToDoubleFunction entry = rows.of(seed);
                    Pass expected = new Pass(reference, norm, DataType.F64, width, entry, seed);
                    Pass actual = new Pass(basin, norm, DataType.F32, width, rows.of(seed), seed);
                    String what = "width " + width + " seed " + seed;
                    assertClose(what + " y", expected.y, actual.y, largest(expected.y));
                    double terms = expected.statistics.rstd().get(0) * largest(expected.gradY);
                    assertClose(what + " grad_x", expected.gradX, actual.gradX, Math.max(terms, largest(expected.gradX)));
                    assertClose(what + " grad_gamma", expected.gradGamma, actual.gradGamma, largest(expected.gradGamma));
                }
            }
        }
    }

    /** Both passes over one row. */
    private static final class Pass {
        final Tensor gradY;
        final Tensor y;
        final Tensor gradX;
        final Tensor gradGamma;
        final NormStatistics statistics;

        Pass(Basin basin, RowNorm<?> norm, DataType type, int width, IntToDoubleFunction entry, long seed) {
            Arena arena = Arena.ofAuto();
            Random random = new Random(seed + 100);
            Tensor x = Tensor.allocate(arena, type, 1, width);
            gradY = Tensor.allocate(arena, type, 1, width);
            for (int k = 0; k < width; k++) {
                x.set(k, (float) entry.applyAsDouble(k));
                gradY.set(k, (float) random.nextGaussian());
            }
            y = Tensor.allocate(arena, type, 1, width);
            gradX = Tensor.allocate(arena, type, 1, width);
            gradGamma = Tensor.allocate(arena, type, width);
            statistics = norm.allocateStatistics(arena, x);
            norm.forward(basin, x, NormParameters.NONE, y, statistics);
            norm.backward(basin, gradY, x, NormParameters.NONE, statistics, gradX, new NormGradients(gradGamma));
        }
    }

    private static void assertClose(String what, Tensor expected, Tensor actual, double size) {
        for (long k = 0; k < expected.size(); k++) {
            double error = Math.abs(expected.get(k) - actual.get(k));
            assertTrue(error <= TOLERANCE * size, what + "[" + k + "] is " + actual.get(k) + " instead of " + expected.get(k));
        }
    }

    private static double largest(Tensor tensor) {
        double largest = 0;
        for (long k = 0; k < tensor.size(); k++) {
            largest = Math.max(largest, Math.abs(tensor.get(k)));
        }
        return largest;
    }
}
