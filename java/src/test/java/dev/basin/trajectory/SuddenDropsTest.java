package dev.basin.trajectory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.TestBackends;
import dev.basin.Tensor;
import dev.basin.loss.CrossEntropy;
import dev.basin.optim.Sgd;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Claim 1 of the catalogue's page on SAF: it avoids sudden drops of the training loss, and memorises less. Some labels are drawn by
 * chance, so that a network trained long enough learns those examples by heart, which shows as drops.
 */
class SuddenDropsTest {
    private static final int EXAMPLES = 256;
    private static final int INPUTS = 20;
    private static final int CLASSES = 4;
    private static final int BATCH = 64;
    private static final int EPOCHS = 80;
    private static final int LAG = 3;
    private static final int FIRST_EPOCH_WATCHED = 9;

    /** What the training loss was after each epoch. */
    private record Run(double[] losses) {
        double largestFall() {
            double fall = 0;
            for (int epoch = FIRST_EPOCH_WATCHED; epoch + LAG < losses.length; epoch++) {
                fall = Math.max(fall, losses[epoch] - losses[epoch + LAG]);
            }
            return fall;
        }

        double last() {
            return losses[losses.length - 1];
        }
    }

    /** On the mean of three seeds; on single ones the largest of seventy falls is a matter of chance, see below. */
    @Test
    void safFallsLessSuddenlyThanSgd() {
        Comparison three = compare(3);
        assertTrue(three.meanOfSaf() < three.meanOfSgd(), three.toString());
        assertEquals(3, three.memorisesLess(), three.toString());
    }

    /** The page accepts a smaller fall for each of three seeds; it is smaller for 33 of these 40, by 5% on average. */
    @Test
    @Tag("slow")
    void safFallsLessSuddenlyForMostSeeds() {
        Comparison forty = compare(40);
        assertTrue(forty.fallsLess() >= 30, forty.toString());
        assertTrue(forty.meanOfSaf() < .97 * forty.meanOfSgd(), forty.toString());
        assertEquals(40, forty.memorisesLess(), forty.toString());
    }

    /** Both ways of training from the same weights, on the same batches, for a number of seeds. */
    private record Comparison(int fallsLess, int memorisesLess, double meanOfSgd, double meanOfSaf) {}

    private static Comparison compare(int seeds) {
        int fallsLess = 0;
        int memorisesLess = 0;
        double sumOfSgd = 0;
        double sumOfSaf = 0;
        try (Basin basin = TestBackends.open("java")) {
            for (long seed = 1; seed <= seeds; seed++) {
                Run sgd = train(basin, seed, TrajectoryLoss.saf().lambda(0));
                Run saf = train(basin, seed, TrajectoryLoss.saf());
                fallsLess += saf.largestFall() < sgd.largestFall() ? 1 : 0;
                memorisesLess += saf.last() > sgd.last() ? 1 : 0;
                sumOfSgd += sgd.largestFall();
                sumOfSaf += saf.largestFall();
            }
        }
        return new Comparison(fallsLess, memorisesLess, sumOfSgd / seeds, sumOfSaf / seeds);
    }

    private static Run train(Basin basin, long seed, TrajectoryLoss loss) {
        Random random = new Random(seed);
        float[] x = normal(random, EXAMPLES * INPUTS);
        int[] labels = labels(random, x);
        SmallNetwork network = new SmallNetwork(basin.gemm(), INPUTS, 64, CLASSES, random);
        Sgd sgd = Sgd.over(basin, network.parameters(), Sgd.Options.defaults());
        double[] losses = new double[EPOCHS];
        try (LogitRing ring = LogitRing.allocate(DataType.F32, EXAMPLES, CLASSES, LAG)) {
            for (int epoch = 0; epoch < EPOCHS; epoch++) {
                int[] order = shuffled(random);
                for (int begin = 0; begin < EXAMPLES; begin += BATCH) {
                    int[] indices = java.util.Arrays.copyOfRange(order, begin, begin + BATCH);
                    float[] batch = gather(x, indices);
                    int[] targets = java.util.Arrays.stream(indices).map(i -> labels[i]).toArray();
                    float[] values = network.forward(batch);
                    Tensor logits = Tensor.of(values, BATCH, CLASSES);
                    ring.write(basin, epoch, Tensor.of(indices), logits);
                    loss.forwardBackward(
                            basin, epoch, logits, Tensor.of(targets), ring.past(epoch, Tensor.of(indices)), logits);
                    network.backward(batch, values);
                    sgd.step(network.gradients(), 1);
                }
                losses[epoch] = new CrossEntropy().forward(
                        basin, Tensor.of(network.forward(x), EXAMPLES, CLASSES), Tensor.of(labels));
            }
        }
        return new Run(losses);
    }

    /** The largest of four linear scores, 15% of them drawn anew. */
    private static int[] labels(Random random, float[] x) {
        float[] scores = normal(random, CLASSES * INPUTS);
        int[] labels = new int[EXAMPLES];
        for (int i = 0; i < EXAMPLES; i++) {
            double best = Double.NEGATIVE_INFINITY;
            for (int k = 0; k < CLASSES; k++) {
                double score = 0;
                for (int j = 0; j < INPUTS; j++) {
                    score += scores[k * INPUTS + j] * x[i * INPUTS + j];
                }
                if (score > best) {
                    best = score;
                    labels[i] = k;
                }
            }
            if (random.nextDouble() < .15) {
                labels[i] = random.nextInt(CLASSES);
            }
        }
        return labels;
    }

    private static float[] gather(float[] x, int[] indices) {
        float[] rows = new float[indices.length * INPUTS];
        for (int i = 0; i < indices.length; i++) {
            System.arraycopy(x, indices[i] * INPUTS, rows, i * INPUTS, INPUTS);
        }
        return rows;
    }

    private static int[] shuffled(Random random) {
        int[] order = new int[EXAMPLES];
        for (int i = 0; i < EXAMPLES; i++) {
            int other = random.nextInt(i + 1);
            order[i] = order[other];
            order[other] = i;
        }
        return order;
    }

    private static float[] normal(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
