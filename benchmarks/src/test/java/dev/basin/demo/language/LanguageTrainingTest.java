package dev.basin.demo.language;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LanguageTrainingTest {
    private static final Corpus CORPUS = Corpus.of(Verses.load().subList(0, 500), 50, 300, 1);

    static List<OutputKind> kinds() {
        return OutputKind.ALL;
    }

    private static LanguageRun train(OutputKind kind, Corpus corpus, int threads, int words) {
        Basin.Options options = Basin.Options.defaults().backend("java").threads(threads).parallelThreshold(0);
        try (Basin basin = Basin.open(options)) {
            return new LanguageTraining(basin, kind, corpus, words, 1).run(2, new LanguageTraining.Progress() {
                @Override
                public void advanced(int epoch, double done, double meanLoss) {
                    assertTrue(done > 0 && done < 1);
                }

                @Override
                public void epochEnded(int epoch, LanguageRun.Epoch measured) {}
            });
        }
    }

    /** That the most frequent word, told every time, is right this often is what a model must surpass that looks at contexts. */
    private static double shareOfTheMostFrequent() {
        return (double) Arrays.stream(CORPUS.test().words()).filter(word -> word == 0).count() / CORPUS.test().count();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void learns(OutputKind kind) {
        LanguageRun run = train(kind, CORPUS, 1, CORPUS.vocabulary().size());
        LanguageRun.Epoch first = run.epochs().getFirst();
        LanguageRun.Epoch last = run.epochs().getLast();
        assertTrue(last.trainingLoss() < 0.95 * first.trainingLoss(), run::toString);
        assertTrue(last.top1() > shareOfTheMostFrequent() && last.top1() <= last.top10() && last.top10() > 0.3, run::toString);
        boolean hasProbabilities = !kind.name().equals("z-loss");
        assertEquals(hasProbabilities, last.perplexity() < CORPUS.vocabulary().size() / 4.0, run::toString);
        assertEquals(hasProbabilities, !Double.isNaN(last.perplexity()), run::toString);
        assertTrue(run.outputNanos() > 0 && run.outputNanos() < run.nanos());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void doesNotDependOnTheThreads(OutputKind kind) {
        Corpus little = Corpus.of(Verses.load().subList(0, 60), 10, 50, 1);
        assertEquals(withoutTimes(train(kind, little, 1, 2000)), withoutTimes(train(kind, little, 2, 2000)));
    }

    private static List<LanguageRun.Epoch> withoutTimes(LanguageRun run) {
        return run.epochs().stream()
                .map(epoch -> new LanguageRun.Epoch(epoch.trainingLoss(), epoch.top1(), epoch.top10(), epoch.perplexity(), 0))
                .toList();
    }

    @Test
    void theLargestLogitsAreChosenTheLowestWordAmongEquals() {
        float[] weights = {3, 7, -1, 7, 9, 3, 3, 0, 9, 8};
        try (Basin basin = Basin.open(Basin.Options.defaults().backend("java"))) {
            Tensor offHeap = Weights.zeros(10, 1);
            offHeap.memory().copyFrom(MemorySegment.ofArray(weights));
            int[] best = new int[12];
            new CrossEntropyLayer(basin, offHeap).predict(Tensor.of(new float[] {1, -1}, 2, 1),
                    Tensor.of(MemorySegment.ofArray(best), DataType.I32, 2, 6));
            assertArrayEquals(new int[] {4, 8, 9, 1, 3, 0, 2, 7, 0, 5, 6, 1}, best);
        }
    }

    @Test
    void theSurpriseOfCrossEntropyIsThatOfTheSoftmax() {
        SplittableRandom random = new SplittableRandom(1);
        Tensor weights = Weights.random(random, 7, 4);
        Tensor hidden = Weights.random(random, 3, 4);
        int[] targets = {6, 0, 2};
        double wanted = 0;
        for (int row = 0; row < 3; row++) {
            List<Double> exponentials = new ArrayList<>();
            for (int word = 0; word < 7; word++) {
                double logit = 0;
                for (int j = 0; j < 4; j++) {
                    logit += weights.get(word * 4 + j) * hidden.get(row * 4 + j);
                }
                exponentials.add(Math.exp(logit));
            }
            double sum = exponentials.stream().mapToDouble(value -> value).sum();
            wanted -= Math.log(exponentials.get(targets[row]) / sum) / 3;
        }
        try (Basin basin = Basin.open(Basin.Options.defaults().backend("java"))) {
            assertEquals(wanted, new CrossEntropyLayer(basin, weights).meanSurprise(hidden, Tensor.of(targets)), 1e-6);
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aStepIsTimed(OutputKind kind) {
        try (Basin basin = Basin.open(Basin.Options.defaults().backend("java").threads(1))) {
            StepTimes.Point point = new StepTimes(basin, CORPUS.training(), 1, 0.01).measure(kind, CORPUS.vocabulary().size());
            assertTrue(point.seconds() > 0 && point.seconds() < 10, point::toString);
        }
    }

    @Test
    void sizesGoFromTheVocabularyToTheLargest() {
        assertArrayEquals(new int[] {100, 1000, 10_000, 100_000}, StepTimes.sizes(100, 100_000));
    }
}
