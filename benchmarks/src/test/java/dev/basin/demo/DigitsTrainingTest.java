package dev.basin.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.Candidate;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DigitsTrainingTest {
    private static final Digits ALL = Digits.load();

    static Stream<String> backends() {
        return Basin.probe().stream().filter(Candidate::available).map(Candidate::backend);
    }

    static Stream<Recipe> recipes() {
        return Recipe.all().stream();
    }

    @Test
    void theSplitIsStratifiedAndComplete() {
        Digits.Split split = ALL.split(1);
        assertEquals(1797, split.training().count() + split.test().count());
        for (int digit = 0; digit < Digits.CLASSES; digit++) {
            assertEquals(0.2, (double) count(split.test(), digit) / count(ALL, digit), 0.005);
        }
    }

    @Test
    void theSplitFollowsFromTheSeed() {
        assertTrue(Arrays.equals(ALL.split(1).test().pixels(), ALL.split(1).test().pixels()));
        assertTrue(!Arrays.equals(ALL.split(1).test().pixels(), ALL.split(2).test().pixels()));
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void everyRecipeLearns(Recipe recipe) {
        TrainingRun run = train(Basin.Options.defaults().backend("java"), recipe, 15, 1);
        assertTrue(run.testAccuracy() >= 0.95, () -> recipe + " reached " + run.testAccuracy());
        assertTrue(run.kernelNanos() > 0 && run.kernelNanos() < run.nanos());
    }

    @ParameterizedTest
    @MethodSource("backends")
    void theWeightsDoNotDependOnTheThreads(String backend) {
        for (Recipe recipe : Recipe.all()) {
            Set<String> checksums = new HashSet<>();
            for (int threads : new int[] {1, 2, 5}) {
                Basin.Options options = Basin.Options.defaults().backend(backend).threads(threads).parallelThreshold(0);
                checksums.add(train(options, recipe, 2, 7).checksum());
            }
            assertEquals(1, checksums.size(), () -> recipe + " on " + backend + " gave " + checksums);
        }
    }

    @Test
    void theWeightsDependOnTheSeed() {
        Recipe recipe = Recipe.all().getFirst();
        Basin.Options options = Basin.Options.defaults().backend("java");
        assertNotEquals(train(options, recipe, 1, 1).checksum(), train(options, recipe, 1, 2).checksum());
    }

    private static TrainingRun train(Basin.Options options, Recipe recipe, int epochs, long seed) {
        try (Basin basin = Basin.open(options)) {
            return new DigitsTraining(basin, recipe, ALL.split(seed), seed).run(epochs, (epoch, measured) -> {});
        }
    }

    private static long count(Digits digits, int digit) {
        return IntStream.of(digits.labels()).filter(label -> label == digit).count();
    }
}
