package dev.basin.demo.language;

import com.sun.management.ThreadMXBean;
import dev.basin.Basin;
import dev.basin.Tensor;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Trains a language model with one output layer; the same seed and backend give the same model to the bit. */
public final class LanguageTraining {
    /** Hidden values, the constant one counted. */
    static final int WIDTH = 64;

    /** Words a step. */
    static final int BATCH = 64;

    private static final int STEPS_BETWEEN_REPORTS = 16;

    private final Basin basin;
    private final OutputKind kind;
    private final int words;
    private final Examples training;
    private final SplittableRandom random;
    private final ContextEncoder encoder;
    private final OutputLayer layer;
    private final HeldOutWords heldOut;
    private final int[] targets = new int[BATCH];
    private final Tensor targetsTensor = Tensor.of(targets);
    private final Tensor hidden = Weights.zeros(BATCH, WIDTH);
    private final Tensor gradHidden = Weights.zeros(BATCH, WIDTH);
    private final ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private long steps;
    private long outputNanos;
    private long stabilizationNanos;
    private long allocated;

    /** @param words how many the output layer tells apart: those of the vocabulary, and others that never occur */
    public LanguageTraining(Basin basin, OutputKind kind, Corpus corpus, int words, long seed) {
        this.basin = basin;
        this.kind = kind;
        this.words = words;
        this.training = corpus.training();
        this.random = new SplittableRandom(seed);
        int largestBatch = Math.max(BATCH, HeldOutWords.LARGEST_BLOCK);
        this.encoder = new ContextEncoder(basin, corpus.vocabulary().size() + 1, WIDTH, largestBatch, random.split());
        this.layer = kind.factory().over(basin, words, WIDTH, largestBatch, random.split());
        this.heldOut = new HeldOutWords(corpus.test(), words, WIDTH);
    }

    /** Hears how a training gets on. */
    public interface Progress {
        /** @param done share of all steps */
        void advanced(int epoch, double done, double meanLoss);

        void epochEnded(int epoch, LanguageRun.Epoch measured);
    }

    /** Trains for so many epochs. */
    public LanguageRun run(int epochs, Progress progress) {
        List<LanguageRun.Epoch> measured = new ArrayList<>();
        long nanos = 0;
        for (int epoch = 0; epoch < epochs; epoch++) {
            long start = System.nanoTime();
            double loss = trainEpoch(epoch, epochs, progress);
            nanos += System.nanoTime() - start;
            HeldOutWords.Result result = heldOut.measure(encoder, layer);
            measured.add(new LanguageRun.Epoch(loss, result.top1(), result.top10(), result.perplexity(), nanos / 1e9));
            progress.epochEnded(epoch + 1, measured.getLast());
        }
        return new LanguageRun(basin.backend(), kind, words, List.copyOf(measured), steps, nanos, outputNanos, stabilizationNanos,
                layer.keptBytes(), allocated / Math.max(1, steps));
    }

    /** Whole batches only: what is left over of a shuffle waits for the next one. */
    private double trainEpoch(int epoch, int epochs, Progress progress) {
        int[] order = shuffled(training.count());
        int batches = training.count() / BATCH;
        double sum = 0;
        for (int number = 0; number < batches; number++) {
            double done = (epoch * (double) batches + number) / ((double) epochs * batches);
            sum += trainBatch(order, number * BATCH, 1 - done);
            if ((number + 1) % STEPS_BETWEEN_REPORTS == 0) {
                progress.advanced(epoch + 1, done, sum / (number + 1));
            }
        }
        return sum / batches;
    }

    private double trainBatch(int[] order, int first, double share) {
        for (int i = 0; i < BATCH; i++) {
            targets[i] = training.words()[order[first + i]];
        }
        encoder.forward(training, order, first, BATCH, hidden);
        long bytes = thread.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();
        double loss = layer.learn(hidden, targetsTensor, gradHidden, kind.learningRate() * share);
        long learnt = System.nanoTime();
        boolean stabilized = layer.stabilize(++steps);
        long end = System.nanoTime();
        outputNanos += end - start;
        stabilizationNanos += stabilized ? end - learnt : 0;
        allocated += thread.getCurrentThreadAllocatedBytes() - bytes;
        encoder.learn(BATCH, gradHidden, kind.encoderRate() * share);
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
