package dev.basin.sharpness;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.TestBackends;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The repeats by hand, and the claims of the catalogue's page on USEFUL that are about them. */
class UsefulTest {
    private static final int[] LABELS = {0, 0, 0, 0, 1, 1, 1, 2, 2};

    private final Basin reference = TestBackends.reference();
    private final int[] repeats = new int[LABELS.length];
    private final int[] slow = new int[LABELS.length];

    @AfterEach
    void close() {
        reference.close();
    }

    /**
     * Class 0 falls into (0, 1, 3) and the slow (2) from its extremes; class 1 into (4, 6) and (5) from what is given, with equal losses, so
     * that the first is slow; class 2 is one cluster.
     */
    @Test
    void slowIsTheClusterOfTheLargerMeanLossInEachClass() {
        assertEquals(9 + 2 * 3, repeats(3, List.of(new int[0], new int[] {4, 5})));
        assertArrayEquals(new int[] {1, 1, 3, 1, 3, 1, 3, 1, 1}, repeats);
        assertArrayEquals(new int[] {0, 0, 1, 0, 1, 0, 1, 0, 0}, slow);
    }

    private long repeats(int factor, List<int[]> starts) {
        return repeats(factor, starts, LABELS, .1);
    }

    private long repeats(int factor, List<int[]> starts, int[] labels, double firstLoss) {
        double[] outputs = {5, 0, 0, 5, 1, 0, -1, 0, 0, 4, 0, 1, 0, 0, 0, 0, -1, 0, 0, 0, 2, 0, 0, 2, 0, 0, 2};
        double[] losses = {firstLoss, .2, 2, .1, 1, 1, 1, .5, .6};
        return Useful.defaults().factor(factor).repeats(reference, Tensor.of(outputs, 9, 3), Tensor.of(labels), Tensor.of(losses, 9),
                starts, Tensor.of(repeats), Tensor.of(slow));
    }

    @Test
    void refusals() {
        refused("factor must be at least 1, got 0", () -> Useful.defaults().factor(0));
        refused("labels must be from 0 and below 3, got 3 at index 1", () ->
                repeats(2, List.of(), new int[] {0, 3, 0, 0, 0, 0, 0, 0, 0}, .1));
        refused("losses must be finite, got NaN at index 0", () -> repeats(2, List.of(), LABELS, Double.NaN));
        refused("starts must be two rows of the class each or none, got [0, 4] for class 0", () ->
                repeats(2, List.of(new int[] {0, 4})));
        assertArrayEquals(new int[9], repeats);
    }

    private static void refused(String message, org.junit.jupiter.api.function.Executable call) {
        String refusal = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(refusal.contains(message), refusal);
    }

    /** Claim 1: early in training outputs tell the examples without the fast feature from the others, every one of them. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void slowExamplesAreThoseWithoutTheFastFeature(long seed) {
        SimplicityBias problem = new SimplicityBias(seed);
        problem.train(reference, 0, 200);
        assertArrayEquals(problem.repeatsOfTheSlow(), problem.repeats(reference));
    }

    /**
     * Claim 2: with repeats the slow feature is learnt more evenly beside the fast one, under gradient descent and under SAM. The page
     * compares after 300 iterations, when this holds, but not that SAM alone is ahead of gradient descent: that, and the two together
     * as the largest, hold while the fast feature is being learnt.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void repeatsMakeLearningMoreEven(long seed) {
        int[] repeats = new SimplicityBias(seed).repeatsOfTheSlow();
        for (int iterations : new int[] {30, 300}) {
            double descent = new SimplicityBias(seed).train(reference, 0, iterations);
            double useful = new SimplicityBias(seed).train(reference, 0, iterations, repeats);
            double sam = new SimplicityBias(seed).train(reference, .02, iterations);
            double both = new SimplicityBias(seed).train(reference, .02, iterations, repeats);
            String ratios = "slow over fast after " + iterations + ": " + List.of(descent, useful, sam, both);
            assertTrue(descent < useful && sam < both, ratios);
            assertTrue(iterations == 300 || descent < sam && both > useful, ratios);
        }
    }
}
