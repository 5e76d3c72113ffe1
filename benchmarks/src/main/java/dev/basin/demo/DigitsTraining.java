package dev.basin.demo;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.loss.CrossEntropy;
import dev.basin.loss.RowBuffers;
import dev.basin.sharpness.Useful;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Trains a {@link Network} on digits; the same seed and backend give the same weights to the bit. */
public final class DigitsTraining {
    private static final int HIDDEN_UNITS = 64;
    private static final int BATCH = 32;

    /** After which the outputs tell slow digits from others: most of what this network learns it has learnt by then. */
    private static final int SEPARATING_EPOCHS = 3;

    private final Basin basin;
    private final Recipe recipe;
    private final Digits.Split digits;
    private final long seed;
    private final Digits training;
    private final TestSet test;
    private final Random random;
    private final Network network;
    private final List<Tensor> gradients;
    private final TrainingOptimizer.Step optimizer;
    private final Batch batch;
    private final Objective objective;
    private final KernelClock clock = new KernelClock();
    /** The digits of an epoch; some more than once, if they are to be repeated. */
    private int[] examples;
    private long steps;
    private long nanos;

    public DigitsTraining(Basin basin, Recipe recipe, Digits.Split digits, long seed) {
        this.basin = basin;
        this.recipe = recipe;
        this.digits = digits;
        this.seed = seed;
        this.training = digits.training();
        this.examples = IntStream.range(0, training.count()).toArray();
        this.batch = Batch.ofRows(BATCH, training.count());
        this.random = new Random(seed);
        this.test = new TestSet(basin, digits.test());
        this.network = new Network(
                basin.gemm(), Digits.PIXELS, HIDDEN_UNITS, Digits.CLASSES,
                IntStream.of(2 * BATCH, digits.test().count(), training.count()).max().getAsInt(), random);
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
        if (recipe.optimizer().repeatsSlow()) {
            repeatSlow();
        }
        List<TrainingRun.Epoch> measured = new ArrayList<>();
        for (int epoch = 0; epoch < epochs; epoch++) {
            long start = System.nanoTime();
            double loss = trainEpoch(epoch, epochs);
            nanos += System.nanoTime() - start;
            TestSet.Result result = test.measure(network);
            measured.add(new TrainingRun.Epoch(loss, result.loss(), result.accuracy()));
            progress.epochEnded(epoch + 1, measured.getLast());
        }
        long parameters = network.parameters().stream().mapToLong(Tensor::size).sum();
        return new TrainingRun(basin.backend(), recipe, List.copyOf(measured), steps, nanos, clock.nanos(),
                (double) optimizer.stateBytes() / parameters, network.checksum(), test.predictions());
    }

    /** By USEFUL, from the outputs of another network after a few epochs without repeats. */
    private void repeatSlow() {
        Recipe plain = new Recipe(recipe.loss(), recipe.optimizer().repeatingSlow(false));
        DigitsTraining early = new DigitsTraining(basin, plain, digits, seed);
        TrainingRun run = early.run(SEPARATING_EPOCHS, (epoch, measured) -> {});
        int count = training.count();
        float[] logits = new float[count * Digits.CLASSES];
        Tensor outputs = Tensor.of(logits, count, Digits.CLASSES);
        Tensor labels = Tensor.of(training.labels());
        Tensor losses = Tensor.of(new float[count]);
        int[] repeats = new int[count];
        long start = System.nanoTime();
        early.network.forward(count, training.pixels(), logits);
        clock.time(() -> {
            new CrossEntropy().forward(basin, outputs, labels, RowBuffers.NONE.losses(losses));
            Useful.defaults().repeats(basin, outputs, labels, losses, Tensor.of(repeats), Tensor.of(new int[count]));
        });
        nanos += System.nanoTime() - start + run.nanos();
        clock.add(run.kernelNanos());
        steps += run.steps();
        examples = IntStream.range(0, count).flatMap(i -> IntStream.range(0, repeats[i]).map(_ -> i)).toArray();
    }

    /** Whole batches only: what is left over of a shuffle waits for the next one. */
    private double trainEpoch(int epoch, int epochs) {
        objective.beginEpoch(epoch);
        int[] order = shuffled(examples);
        int batches = order.length / BATCH;
        double sum = 0;
        for (int number = 0; number < batches; number++) {
            batch.fill(training, order, number * BATCH);
            double done = (epoch * (double) batches + number) / ((double) epochs * batches);
            sum += trainBatch(recipe.optimizer().learningRate() * (1 - done));
        }
        steps += batches;
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

    private int[] shuffled(int[] all) {
        int[] order = new int[all.length];
        for (int i = 0; i < all.length; i++) {
            int other = random.nextInt(i + 1);
            order[i] = order[other];
            order[other] = all[i];
        }
        return order;
    }
}
