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
    private final float[] batchPixels = new float[BATCH * Digits.PIXELS];
    private final int[] batchLabels = new int[BATCH];
    private final float[] logits = new float[BATCH * Digits.CLASSES];
    private final float[] logitGradients = new float[BATCH * Digits.CLASSES];
    // One of each for the whole training: a tensor only describes an array, and calls through it allocate nothing.
    private final Tensor logitsTensor = Tensor.of(logits, BATCH, Digits.CLASSES);
    private final Tensor targetsTensor = Tensor.of(batchLabels);
    private final Tensor logitGradientsTensor = Tensor.of(logitGradients, BATCH, Digits.CLASSES);
    private long kernelNanos;

    public DigitsTraining(Basin basin, Recipe recipe, Digits.Split digits, long seed) {
        this.basin = basin;
        this.recipe = recipe;
        this.training = digits.training();
        this.random = new Random(seed);
        this.test = new TestSet(basin, digits.test());
        this.network = new Network(
                basin.gemm(), Digits.PIXELS, HIDDEN_UNITS, Digits.CLASSES, Math.max(BATCH, digits.test().count()), random);
        this.gradients = network.gradients();
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
                basin.backend(), recipe, List.copyOf(measured), nanos, kernelNanos, network.checksum(), test.predictions());
    }

    /** Whole batches only: what is left over of a shuffle waits for the next one. */
    private double trainEpoch(int epoch, int epochs) {
        int[] order = shuffled(training.count());
        int batches = training.count() / BATCH;
        double sum = 0;
        for (int batch = 0; batch < batches; batch++) {
            gather(order, batch * BATCH);
            double done = (epoch * (double) batches + batch) / ((double) epochs * batches);
            sum += trainBatch(recipe.optimizer().learningRate() * (1 - done));
        }
        return sum / batches;
    }

    private double trainBatch(double learningRate) {
        network.forward(BATCH, batchPixels, logits);
        long beforeLoss = System.nanoTime();
        double loss = recipe.loss().step().forwardBackward(basin, logitsTensor, targetsTensor, logitGradientsTensor);
        long afterLoss = System.nanoTime();
        network.backward(BATCH, batchPixels, logitGradients);
        long beforeStep = System.nanoTime();
        optimizer.step(gradients, learningRate);
        kernelNanos += System.nanoTime() - beforeStep + (afterLoss - beforeLoss);
        return loss;
    }

    private void gather(int[] order, int first) {
        for (int i = 0; i < BATCH; i++) {
            int index = order[first + i];
            System.arraycopy(training.pixels(), index * Digits.PIXELS, batchPixels, i * Digits.PIXELS, Digits.PIXELS);
            batchLabels[i] = training.labels()[index];
        }
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
