package dev.basin.optim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.TestBackends;
import dev.basin.Tensor;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What pages claim of the loss that a small network ends at. */
class TrainingClaimTest {
    private static final int STEPS = 600;
    private static final int BATCH = 128;

    /** Parameters of the network: all, or its matrices alone. */
    private static final List<Integer> ALL = List.of(0, 1, 2, 3);
    private static final List<Integer> MATRICES = List.of(0, 2);

    /** Claim 3 of the page on Lion: at its own learning rate and decay it fits better than AdamW at its own. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void lionReachesALowerLossThanAdamW(long seed) {
        try (Basin basin = TestBackends.open("java")) {
            double lion = finalLoss(basin, seed, 3e-3, ALL,
                    (b, parameters) -> Lion.over(b, parameters, Lion.Options.defaults().weightDecay(.1)));
            double adamw = finalLoss(basin, seed, 3e-3, ALL,
                    (b, parameters) -> AdamW.over(b, parameters, AdamW.Options.defaults().weightDecay(.01)));
            assertTrue(lion < adamw, "seed " + seed + ": Lion ends at " + lion + ", AdamW at " + adamw);
        }
    }

    /**
     * Claim 2 of the page on FRUGAL: state on a quarter is better than signs alone; with the rest at a standstill, as in methods of low
     * rank, the loss ends far above. The page has AdamW below FRUGAL at this learning rate. Here FRUGAL ends below AdamW, or level with
     * it: which is ahead hangs on the weights that training begins with.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void frugalNeedsStateOnAPartAndAMoveOfTheRest(long seed) {
        try (Basin basin = TestBackends.open("java")) {
            double adamw = finalLoss(basin, seed, 2e-3, MATRICES,
                    (b, parameters) -> AdamW.over(b, parameters, AdamW.Options.defaults().weightDecay(0)));
            double columns = frugalLoss(basin, seed, new Split.Columns(Choice.random(.25, seed)), Frugal.Rule.SIGN_SGD);
            double entries = frugalLoss(basin, seed, new Split.Entries(Choice.random(.25, seed)), Frugal.Rule.SIGN_SGD);
            double signs = frugalLoss(basin, seed, new Split.Columns(Choice.random(0, seed)), Frugal.Rule.SIGN_SGD);
            double columnsAlone = frugalLoss(basin, seed, new Split.Columns(Choice.random(.25, seed)), Frugal.Rule.NONE);
            String found = "seed %d: AdamW %.3f, columns %.3f, entries %.3f, signs %.3f, columns alone %.3f"
                    .formatted(seed, adamw, columns, entries, signs, columnsAlone);
            double worst = Math.max(columns, entries);
            assertTrue(worst < signs && 2 * signs < columnsAlone && worst < 1.1 * adamw, found);
        }
    }

    private static double frugalLoss(Basin basin, long seed, Split split, Frugal.Rule rule) {
        return finalLoss(basin, seed, 2e-3, MATRICES, (b, parameters) ->
                Frugal.over(b, parameters, Frugal.Options.defaults().split(split).rule(rule).updateGap(50)));
    }

    private static double finalLoss(
            Basin basin, long seed, double learningRate, List<Integer> learnt, BiFunction<Basin, List<Tensor>, Optimizer<?>> over) {
        Random random = new Random(seed);
        StudentNetwork.Samples samples = StudentNetwork.Samples.of(basin, random);
        StudentNetwork student = new StudentNetwork(basin, random);
        Optimizer<?> optimizer = over.apply(basin, learnt.stream().map(student.parameters()::get).toList());
        for (int step = 0; step < STEPS; step++) {
            student.forwardBackward(samples.batch(BATCH, random));
            optimizer.step(learnt.stream().map(student.gradients()::get).toList(), learningRate * (1 + Math.cos(Math.PI * step / STEPS)) / 2);
        }
        return student.forwardBackward(samples);
    }
}
