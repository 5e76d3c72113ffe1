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

/** Claim 3 of the page on Lion: at its own learning rate and decay it fits a small network better than AdamW at its own. */
class TrainingClaimTest {
    private static final int STEPS = 600;
    private static final int BATCH = 128;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void lionReachesALowerLossThanAdamW(long seed) {
        try (Basin basin = TestBackends.open("java")) {
            double lion = finalLoss(basin, seed, 3e-3,
                    (b, parameters) -> Lion.over(b, parameters, Lion.Options.defaults().weightDecay(.1)));
            double adamw = finalLoss(basin, seed, 3e-3,
                    (b, parameters) -> AdamW.over(b, parameters, AdamW.Options.defaults().weightDecay(.01)));
            assertTrue(lion < adamw, "seed " + seed + ": Lion ends at " + lion + ", AdamW at " + adamw);
        }
    }

    private static double finalLoss(
            Basin basin, long seed, double learningRate, BiFunction<Basin, List<Tensor>, Optimizer<?>> over) {
        Random random = new Random(seed);
        StudentNetwork.Samples samples = StudentNetwork.Samples.of(basin, random);
        StudentNetwork student = new StudentNetwork(basin, random);
        Optimizer<?> optimizer = over.apply(basin, student.parameters());
        for (int step = 0; step < STEPS; step++) {
            student.forwardBackward(samples.batch(BATCH, random));
            optimizer.step(student.gradients(), learningRate * (1 + Math.cos(Math.PI * step / STEPS)) / 2);
        }
        return student.forwardBackward(samples);
    }
}
