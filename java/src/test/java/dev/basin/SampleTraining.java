package dev.basin;

import dev.basin.loss.CrossEntropy;
import dev.basin.optim.AdamW;
import dev.basin.optim.Gradients;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** A little training on arrays whose result is one number: the same on one backend whoever else is at work. */
public final class SampleTraining {
    private static final int ROWS = 24;
    private static final int CLASSES = 503;
    private static final int ROUNDS = 6;

    private SampleTraining() {}

    /** Opens a Basin that cuts even small work among three threads, and runs on it; for other class loaders too. */
    public static int runOn(String backend) {
        try (Basin basin = TestBackends.open(options(backend))) {
            return run(basin);
        }
    }

    static Basin.Options options(String backend) {
        return Basin.Options.defaults().backend(backend).threads(3).parallelThreshold(0);
    }

    /** The hash of every bit of the weights at the end. */
    static int run(Basin basin) {
        SplittableRandom random = new SplittableRandom(7);
        float[] weights = new float[ROWS * CLASSES];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) random.nextGaussian();
        }
        int[] targets = random.ints(ROWS, 0, CLASSES).toArray();
        float[] gradient = new float[weights.length];
        Tensor parameter = Tensor.of(weights);
        AdamW adamw = AdamW.over(basin, List.of(parameter), AdamW.Options.defaults());
        Gradients gradients = Gradients.of(List.of(Tensor.of(gradient)));
        CrossEntropy loss = new CrossEntropy();
        for (int round = 0; round < ROUNDS; round++) {
            loss.forwardBackward(basin, weights, targets, gradient);
            adamw.step(gradients, 1e-2);
        }
        return Arrays.hashCode(weights);
    }
}
