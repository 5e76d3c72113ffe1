package dev.basin.sharpness;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.BFloat16;
import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.TestBackends;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KMeansTest {
    private static final int WIDTH = 64;
    private static final int CLUSTERS = 64;

    static Stream<String> backends() {
        return Stream.concat(Stream.of("reference"), TestBackends.names());
    }

    @ParameterizedTest
    @MethodSource("backends")
    void theWorkedExample(String backend) {
        try (Basin basin = TestBackends.open(backend)) {
            Tensor x = Tensor.of(new float[] {0, 0, 2, 0, 1, 0, 1, 5}, 4, 2);
            Tensor centres = Tensor.of(new float[] {0, 0, 2, 0}, 2, 2);
            int[] assignments = new int[4];
            assertEquals(1 + 26, KMeans.assign(basin, x, centres, Tensor.of(assignments), null));
            assertArrayEquals(new int[] {0, 1, 0, 0}, assignments);
            KMeans.Result result = KMeans.defaults().cluster(basin, x, centres, Tensor.of(assignments));
            assertArrayEquals(new int[] {1, 1, 1, 0}, assignments);
            assertArrayEquals(new float[] {1, 5, 1, 0}, floats(centres));
            assertEquals(2, result.inertia());
            assertTrue(result.isConverged());
        }
    }

    /** Centres without points stay, and so does the assignment to the centres of the last update allowed. */
    @ParameterizedTest
    @MethodSource("backends")
    void anEmptyClusterKeepsItsPlaceAndTheAssignmentIsThatOfTheCentres(String backend) {
        try (Basin basin = TestBackends.open(backend)) {
            Tensor x = Tensor.of(new float[] {0, 1, 2, 9, 10, 20}, 6, 1);
            Tensor centres = Tensor.of(new float[] {0, 1, -100}, 3, 1);
            int[] assignments = new int[6];
            KMeans.Result result = new KMeans(1).cluster(basin, x, centres, Tensor.of(assignments));
            assertArrayEquals(new float[] {0, 8.4f, -100}, floats(centres));
            assertArrayEquals(new int[] {0, 0, 0, 1, 1, 1}, assignments);
            assertFalse(result.isConverged());
        }
    }

    /**
     * Points halfway between two centres, to the rounding of f32: what products in f32 cannot tell. In numbers whose squares f32
     * cannot hold, as large and as small ones, nothing but the measuring is left.
     */
    @ParameterizedTest
    @MethodSource("backends")
    void theNearestCentreIsThatOfDoublePrecision(String backend) {
        long seed = 1;
        for (double scale : new double[] {1, 1e25, 1e-25}) {
            Random random = new Random(seed);
            float[] centres = normal(random, CLUSTERS * WIDTH, scale);
            float[] x = normal(random, 3000 * WIDTH, scale);
            for (int row = 0; row < 3000; row += 2) {
                int one = random.nextInt(CLUSTERS);
                int other = random.nextInt(CLUSTERS);
                for (int i = 0; i < WIDTH; i++) {
                    x[row * WIDTH + i] = (centres[one * WIDTH + i] + centres[other * WIDTH + i]) / 2;
                }
            }
            int[] expected = nearest(x, centres);
            assertTrue(scale != 1 || !Arrays.equals(expected, nearestInFloat(x, centres)), "products in f32 would do");
            try (Basin basin = TestBackends.open(backend)) {
                int[] found = new int[3000];
                KMeans.assign(basin, Tensor.of(x, 3000, WIDTH), Tensor.of(centres, CLUSTERS, WIDTH), Tensor.of(found), null);
                assertArrayEquals(expected, found, "seed " + seed + ", scale " + scale);
            }
        }
    }

    /** Whole numbers, of which many points are as near to one centre as to another: ties are exact and go to the lower one. */
    @ParameterizedTest
    @MethodSource("backends")
    void tiesGoToTheLowestCentreAndStorageDoesNotMatter(String backend) {
        Random random = new Random(2);
        float[] centres = new float[CLUSTERS * 8];
        float[] x = new float[2000 * 8];
        short[] half = new short[x.length];
        fill(random, centres);
        fill(random, x);
        for (int i = 0; i < x.length; i++) {
            half[i] = BFloat16.fromDouble(x[i]);
        }
        float[] padded = new float[2000 * 11];
        for (int row = 0; row < 2000; row++) {
            System.arraycopy(x, row * 8, padded, row * 11, 8);
        }
        int[] expected = nearest(x, centres, 8);
        try (Basin basin = TestBackends.open(backend)) {
            Tensor[] stored = {Tensor.of(x, 2000, 8), Tensor.of(MemorySegment.ofArray(half), DataType.BF16, 2000, 8),
                Tensor.of(MemorySegment.ofArray(padded), DataType.F32, 2000, 8).withRowStride(11)};
            for (Tensor tensor : stored) {
                int[] found = new int[2000];
                KMeans.assign(basin, tensor, Tensor.of(centres, CLUSTERS, 8), Tensor.of(found), null);
                assertArrayEquals(expected, found, tensor.toString());
            }
        }
    }

    /** Over more points than one block of products or of sums has, every backend takes every step as the reference does. */
    @ParameterizedTest
    @MethodSource("backends")
    void clustersAreThoseOfTheReference(String backend) {
        int points = 9000;
        float[] x = normal(new Random(3), points * WIDTH, 1);
        float[] first = Arrays.copyOf(x, CLUSTERS * WIDTH);
        int[] expected = new int[points];
        int[] found = new int[points];
        double[] expectedCentres = doubles(first);
        double[] foundCentres = doubles(first);
        KMeans twice = new KMeans(2);
        try (Basin reference = TestBackends.reference(); Basin basin = TestBackends.open(backend)) {
            double inertia = twice.cluster(reference, Tensor.of(doubles(x), points, WIDTH), Tensor.of(expectedCentres, CLUSTERS, WIDTH),
                    Tensor.of(expected)).inertia();
            assertEquals(inertia, twice.cluster(basin, Tensor.of(x, points, WIDTH), Tensor.of(foundCentres, CLUSTERS, WIDTH),
                    Tensor.of(found)).inertia());
        }
        assertArrayEquals(expected, found);
        assertArrayEquals(expectedCentres, foundCentres);
    }

    @Test
    void refusals() {
        try (Basin basin = TestBackends.open("java")) {
            Tensor x = Tensor.of(new float[] {0, 1, 2, Float.NaN}, 4, 1);
            Tensor good = Tensor.of(new float[] {0, 1, 2, 3}, 4, 1);
            float[] centres = {0, 1};
            int[] assignments = {7, 7, 7, 7};
            Tensor two = Tensor.of(centres, 2, 1);
            Tensor written = Tensor.of(assignments);
            refused("iterations must be at least 1, got 0", () -> new KMeans(0));
            refused("x must be finite", () -> KMeans.defaults().cluster(basin, x, two, written));
            refused("x must be finite", () -> KMeans.assign(basin, x, two, written, null));
            refused("at most as many as the 4 points of x", () ->
                    KMeans.defaults().cluster(basin, good, Tensor.of(new float[5], 5, 1), written));
            refused("centres must be at least one, of the 1 columns", () ->
                    KMeans.defaults().cluster(basin, good, Tensor.of(centres, 1, 2), written));
            refused("centres must be finite", () ->
                    KMeans.defaults().cluster(basin, good, Tensor.of(new float[] {0, Float.POSITIVE_INFINITY}, 2, 1), written));
            refused("assignments must hold 4 i32", () -> KMeans.defaults().cluster(basin, good, two, Tensor.of(new int[3])));
            refused("centres must be memory of its own", () -> KMeans.defaults().cluster(basin, good,
                    Tensor.of(good.memory().asSlice(0, 8), DataType.F32, 2, 1), written));
            refused("assignments is written to", () -> KMeans.defaults().cluster(basin, good, two,
                    Tensor.of(MemorySegment.ofArray(assignments).asReadOnly(), DataType.I32, 4)));
            assertArrayEquals(new int[] {7, 7, 7, 7}, assignments);
            assertArrayEquals(new float[] {0, 1}, centres);
        }
    }

    private static void refused(String message, org.junit.jupiter.api.function.Executable call) {
        String refusal = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(refusal.contains(message), refusal);
    }

    private static int[] nearest(float[] x, float[] centres) {
        return nearest(x, centres, WIDTH);
    }

    private static int[] nearest(float[] x, float[] centres, int width) {
        int[] nearest = new int[x.length / width];
        for (int row = 0; row < nearest.length; row++) {
            double least = Double.POSITIVE_INFINITY;
            for (int j = 0; j < centres.length / width; j++) {
                double distance = 0;
                for (int i = 0; i < width; i++) {
                    double apart = (double) x[row * width + i] - centres[j * width + i];
                    distance += apart * apart;
                }
                if (distance < least) {
                    least = distance;
                    nearest[row] = j;
                }
            }
        }
        return nearest;
    }

    private static int[] nearestInFloat(float[] x, float[] centres) {
        int[] nearest = new int[x.length / WIDTH];
        for (int row = 0; row < nearest.length; row++) {
            float least = Float.POSITIVE_INFINITY;
            for (int j = 0; j < CLUSTERS; j++) {
                float score = 0;
                for (int i = 0; i < WIDTH; i++) {
                    score += centres[j * WIDTH + i] * (centres[j * WIDTH + i] - 2 * x[row * WIDTH + i]);
                }
                if (score < least) {
                    least = score;
                    nearest[row] = j;
                }
            }
        }
        return nearest;
    }

    private static float[] normal(Random random, int size, double scale) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) (scale * random.nextGaussian());
        }
        return values;
    }

    private static void fill(Random random, float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(-2, 3);
        }
    }

    private static double[] doubles(float[] values) {
        double[] wide = new double[values.length];
        Arrays.setAll(wide, i -> values[i]);
        return wide;
    }

    private static float[] floats(Tensor tensor) {
        float[] values = new float[(int) tensor.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) tensor.get(i);
        }
        return values;
    }
}
