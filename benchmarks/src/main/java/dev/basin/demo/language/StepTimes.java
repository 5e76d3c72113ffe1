package dev.basin.demo.language;

import dev.basin.Basin;
import dev.basin.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/** How long a step of an output layer takes, by the number of words that it tells apart. */
public final class StepTimes {
    private static final int FEWEST_STEPS = 2;

    private final Basin basin;
    private final Examples examples;
    private final long seed;
    private final double seconds;

    /**
     * A measured layer.
     *
     * @param seconds a step alone
     * @param stabilizationSeconds what stabilisation takes besides, spread over the steps from one to the next
     */
    public record Point(OutputKind kind, int words, double seconds, double stabilizationSeconds) {}

    /**
     * @param examples whose words are the targets, as often as they are the text's
     * @param seconds how long to measure
     */
    public StepTimes(Basin basin, Examples examples, long seed, double seconds) {
        this.basin = basin;
        this.examples = examples;
        this.seed = seed;
        this.seconds = seconds;
    }

    /** From the vocabulary's own size to the largest in four steps that are about as many times as large. */
    public static int[] sizes(int vocabulary, int largest) {
        int[] sizes = new int[4];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = (int) Math.round(vocabulary * Math.pow((double) largest / vocabulary, i / (sizes.length - 1.0)));
        }
        return sizes;
    }

    /** Steps for the JIT compiler: the first layer would be timed cold otherwise. */
    public void warmUp(OutputKind kind, int words) {
        measure(kind, words, 5 * seconds, 0);
    }

    /** The means over steps on random hidden values, from a random start. */
    public Point measure(OutputKind kind, int words) {
        return measure(kind, words, seconds / 2, seconds);
    }

    private Point measure(OutputKind kind, int words, double warmUpSeconds, double measuredSeconds) {
        SplittableRandom random = new SplittableRandom(seed);
        int rows = LanguageTraining.BATCH;
        OutputLayer layer = kind.factory().over(basin, words, LanguageTraining.WIDTH, rows, random.split());
        Tensor hidden = Weights.zeros(rows, LanguageTraining.WIDTH);
        Tensor gradHidden = Weights.zeros(rows, LanguageTraining.WIDTH);
        int[] targets = new int[rows];
        Tensor targetsTensor = Tensor.of(targets);
        System.gc(); // or the collector goes through what the set-up left while steps are timed
        long begun = System.nanoTime();
        long measured = 0;
        long stabilizing = 0;
        int made = 0;
        int steps = 0;
        boolean warm = false;
        while (steps < FEWEST_STEPS || measured + stabilizing < 1e9 * measuredSeconds) {
            draw(random, hidden, targets);
            long start = System.nanoTime();
            layer.learn(hidden, targetsTensor, gradHidden, kind.learningRate());
            long end = System.nanoTime();
            measured += warm ? end - start : 0;
            steps += warm ? 1 : 0;
            boolean stabilized = layer.stabilize(++made);
            stabilizing += warm && stabilized ? System.nanoTime() - end : 0;
            warm = end - begun > 1e9 * warmUpSeconds;
        }
        return new Point(kind, words, measured / 1e9 / steps, stabilizing / 1e9 / steps);
    }

    private void draw(SplittableRandom random, Tensor hidden, int[] targets) {
        for (int i = 0; i < targets.length; i++) {
            targets[i] = examples.words()[random.nextInt(examples.count())];
        }
        for (long i = 0; i < hidden.size(); i++) {
            boolean constant = i % hidden.columns() == hidden.columns() - 1;
            hidden.memory().setAtIndex(ValueLayout.JAVA_FLOAT, i, constant ? 1 : (float) random.nextDouble(-1, 1));
        }
    }
}
