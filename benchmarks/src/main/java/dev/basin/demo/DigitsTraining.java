package dev.basin.demo;

import dev.basin.Basin;
import dev.basin.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Trains a {@link Network} on digits; the same seed and backend give the same weights to the bit. */
public final class DigitsTraining {
    private static final int HIDDEN_UNITS = 64;
    private static final int BATCH = 32;

    private final Basin basin;
    private final Recipe recipe;
    private final Digits training;
    private final TestSet test;
    private final Random random;
    private final Network network;
    private final List<Tensor> gradients;
    private final TrainingOptimizer.Step optimizer;
    private final Batch batch;
    private final Objective objective;
    private final KernelClock clock = new KernelClock();

    public DigitsTraining(Basin basin, Recipe recipe, Digits.Split digits, long seed) {
        this.basin = basin;
        this.recipe = recipe;
        this.training = digits.training();
        this.batch = Batch.ofRows(BATCH, training.count());
        this.random = new Random(seed);
        this.test = new TestSet(basin, digits.test());
        this.network = new Network(
                basin.gemm(), Digits.PIXELS, HIDDEN_UNITS, Digits.CLASSES, Math.max(2 * BATCH, digits.test().count()), random);
        this.gradients = network.gradients();
        this.objective = recipe.loss().factory().over(basin, network, batch, clock);
        this.optimizer = recipe.optimizer().factory().over(basin, network.parameters());
    }

    /** Hears of each epoch as it ends. */
    @FunctionalInterface
    public interface Progress {
        void epochEnded(int epoch, TrainingRun.Epoch measured);
    }

    /** Trains for so many epochs. */
    public TrainingRun run(int epochs, Progress progress) {
        List<TrainingRun.Epoch> measured = new ArrayList<>();
        long nanos = 0;
        for (int epoch = 0; epoch < epochs; epoch++) {
            long start = System.nanoTime();
            double loss = trainEpoch(epoch, epochs);
            nanos += System.nanoTime() - start;
            TestSet.Result result = test.measure(network);
            measured.add(new TrainingRun.Epoch(loss, result.loss(), result.accuracy()));
            progress.epochEnded(epoch + 1, measured.getLast());
        }
        return new TrainingRun(
                basin.backend(), recipe, List.copyOf(measured), nanos, clock.nanos(), network.checksum(), test.predictions());
    }

    /** Whole batches only: what is left over of a shuffle waits for the next one. */
    private double trainEpoch(int epoch, int epochs) {
        objective.beginEpoch(epoch);
        int[] order = shuffled(training.count());
        int batches = training.count() / BATCH;
        double sum = 0;
        for (int number = 0; number < batches; number++) {
            batch.fill(training, order, number * BATCH);
            double done = (epoch * (double) batches + number) / ((double) epochs * batches);
            sum += trainBatch(recipe.optimizer().learningRate() * (1 - done));
        }
        return sum / batches;
    }

    private double trainBatch(double learningRate) {
        double loss = objective.differentiate();
        if (clock.time(() -> optimizer.perturb(gradients))) {
            objective.differentiate();
        }
        clock.time(() -> optimizer.step(gradients, learningRate));
        return loss;
    }

    private int[] shuffled(int count) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            int other = random.nextInt(i + 1);
            order[i] = order[other];
            order[other] = i;
        }
        return order;
    }
}
