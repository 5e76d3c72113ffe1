package dev.basin.loss;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.TestBackends;
import dev.basin.gemm.Gemm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long large output layers take beside what they stand for. */
@Tag("slow")
class OutputLayerTimesTest {
    private static final int WIDTH = 512;
    private static final int ROWS = 200;
    /** The words of the One Billion Word benchmark. */
    private static final int CLASSES = 793_471;

    private final Random random = new Random(1);

    /** Without the logits, at most so many times as long as with them, by the same products. */
    @ParameterizedTest
    @CsvSource({"50257, 1.1", "128256, 1.25"})
    void blocksOfLogitsTakeLittleMoreThanAllOfThem(int classes, double bar) {
        int rows = 1024;
        float[] hidden = normal(rows * WIDTH);
        float[] weight = normal(classes * WIDTH);
        float[] gradHidden = new float[rows * WIDTH];
        float[] gradWeight = new float[classes * WIDTH];
        float[] logits = new float[rows * classes];
        int[] targets = random.ints(rows, 0, classes).toArray();
        try (Basin basin = TestBackends.open("auto")) {
            CrossEntropy loss = new CrossEntropy();
            LinearCrossEntropy linear = new LinearCrossEntropy(loss);
            Tensor all = Tensor.of(logits, rows, classes);
            LinearCrossEntropy.Gradients gradients = new LinearCrossEntropy.Gradients(
                    Tensor.of(gradHidden, rows, WIDTH), Tensor.of(gradWeight, classes, WIDTH), null, false);
            double blocks = Double.POSITIVE_INFINITY;
            double whole = Double.POSITIVE_INFINITY;
            for (int repeat = 0; repeat < 6; repeat++) {
                whole = Math.min(whole, seconds(() -> {
                    basin.gemm().multiply(false, true, rows, classes, WIDTH, 1, hidden, weight, 0, logits);
                    loss.forwardBackward(basin, all, Tensor.of(targets), all);
                    basin.gemm().multiply(true, false, classes, WIDTH, rows, 1, logits, hidden, 0, gradWeight);
                    basin.gemm().multiply(false, false, rows, WIDTH, classes, 1, logits, weight, 0, gradHidden);
                }));
                blocks = Math.min(blocks, seconds(() -> linear.forwardBackward(basin, Tensor.of(hidden, rows, WIDTH),
                        Tensor.of(weight, classes, WIDTH), null, Tensor.of(targets), gradients)));
            }
            String times = String.format("%d classes: %.0f ms in blocks, %.0f ms with all logits: %.2f times as long",
                    classes, blocks * 1e3, whole * 1e3, blocks / whole);
            System.out.println(times);
            assertTrue(blocks <= bar * whole, times);
        }
    }

    /**
     * A step of the factored layer, its stabilisations included, beside that of a linear layer with cross-entropy over all logits and that
     * of a softmax of two levels of which only the groups of targets are read and updated, by as many threads.
     */
    @Test
    void theFactoredStepIsFarShorterThanDenseAndHierarchicalOnes() {
        double small = factoredStep(8_000);
        double factored = factoredStep(CLASSES);
        double dense = denseStep();
        double hierarchical = hierarchicalStep();
        String times = String.format("a step of %d rows, %d columns, %d classes: factored %.1f ms (8000 classes: %.1f), dense %.0f ms: "
                        + "%.0f times as long, two levels %.1f ms: %.2f times as long",
                ROWS, WIDTH, CLASSES, factored * 1e3, small * 1e3, dense * 1e3, dense / factored, hierarchical * 1e3,
                hierarchical / factored);
        System.out.println(times);
        assertTrue(dense >= 150 * factored && hierarchical >= 1.7 * factored && factored <= 1.3 * small, times);
    }

    private double factoredStep(int classes) {
        try (Basin basin = TestBackends.open("auto")) {
            FactoredOutputLayer layer = FactoredOutputLayer.over(basin, Tensor.of(cheap(classes * WIDTH), classes, WIDTH),
                    FactoredOutputLayer.Options.defaults().reduction(Reduction.SUM));
            float[] gradient = new float[ROWS * WIDTH];
            double total = 0;
            int warm = 100;
            int steps = 200;
            for (int step = 0; step < warm + steps; step++) {
                Tensor hidden = Tensor.of(normal(ROWS * WIDTH), ROWS, WIDTH);
                Tensor targets = Tensor.of(random.ints(ROWS, 0, classes).toArray());
                double time = seconds(() -> layer.update(hidden, targets, Tensor.of(gradient, ROWS, WIDTH), null, .01));
                total += step < warm ? 0 : time;
            }
            System.out.printf("%d classes: unfactorized in %.0f ms%n", classes, seconds(layer::unfactorize) * 1e3);
            return total / steps;
        }
    }

    private double denseStep() {
        float[] weight = cheap(CLASSES * WIDTH);
        float[] logits = new float[ROWS * CLASSES];
        float[] gradient = new float[ROWS * WIDTH];
        Tensor all = Tensor.of(logits, ROWS, CLASSES);
        CrossEntropy loss = new CrossEntropy().reduction(Reduction.SUM);
        double best = Double.POSITIVE_INFINITY;
        try (Basin basin = TestBackends.open("auto")) {
            for (int step = 0; step < 3; step++) {
                float[] hidden = normal(ROWS * WIDTH);
                Tensor targets = Tensor.of(random.ints(ROWS, 0, CLASSES).toArray());
                best = Math.min(best, seconds(() -> {
                    basin.gemm().multiply(false, true, ROWS, CLASSES, WIDTH, 1, hidden, weight, 0, logits);
                    loss.forwardBackward(basin, all, targets, all);
                    basin.gemm().multiply(false, false, ROWS, WIDTH, CLASSES, 1, logits, weight, 0, gradient);
                    basin.gemm().multiply(true, false, CLASSES, WIDTH, ROWS, -.01f, logits, hidden, 1, weight);
                }));
            }
        }
        return best;
    }

    private double hierarchicalStep() {
        int members = (int) Math.ceil(Math.sqrt(CLASSES));
        float[] first = cheap(members * WIDTH);
        float[] second = cheap(members * members * WIDTH);
        double total = 0;
        int warm = 5;
        int steps = 20;
        try (Basin basin = TestBackends.open("auto");
                ExecutorService threads = Executors.newFixedThreadPool(basin.threads());
                Basin each = TestBackends.open(Basin.Options.defaults().threads(1))) {
            for (int step = 0; step < warm + steps; step++) {
                float[] hidden = normal(ROWS * WIDTH);
                int[] targets = random.ints(ROWS, 0, CLASSES).toArray();
                double time = seconds(() -> {
                    float[] gradient = new float[ROWS * WIDTH];
                    int[] groups = Arrays.stream(targets).map(target -> target / members).toArray();
                    level(basin, hidden, groups, members, first, 0, gradient);
                    List<Callable<Void>> visits = new ArrayList<>();
                    for (int group : Arrays.stream(groups).distinct().toArray()) {
                        visits.add(() -> visit(each, group, members, hidden, targets, second, gradient));
                    }
                    try {
                        threads.invokeAll(visits);
                    } catch (InterruptedException stopped) {
                        throw new IllegalStateException(stopped);
                    }
                });
                total += step < warm ? 0 : time;
            }
        }
        return total / steps;
    }

    /** The second level of one group: that of the rows whose targets are its members. */
    private static Void visit(Basin basin, int group, int members, float[] hidden, int[] targets, float[] second, float[] gradient) {
        int[] rows = IntStream.range(0, ROWS).filter(row -> targets[row] / members == group).toArray();
        float[] own = new float[rows.length * WIDTH];
        float[] back = new float[rows.length * WIDTH];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(hidden, rows[i] * WIDTH, own, i * WIDTH, WIDTH);
        }
        int[] member = Arrays.stream(rows).map(row -> targets[row] % members).toArray();
        level(basin, own, member, members, second, group * members * WIDTH, back);
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < WIDTH; j++) {
                gradient[rows[i] * WIDTH + j] += back[i * WIDTH + j];
            }
        }
        return null;
    }

    /** A softmax of some classes, forward, backward and its step. */
    private static void level(Basin basin, float[] hidden, int[] targets, int classes, float[] weights, int offset, float[] gradient) {
        float[] logits = new float[targets.length * classes];
        Gemm.Rows w = new Gemm.Rows(weights, offset, WIDTH);
        Gemm.Rows h = new Gemm.Rows(hidden, 0, WIDTH);
        Gemm.Rows o = new Gemm.Rows(logits, 0, classes);
        basin.gemm().multiply(false, true, targets.length, classes, WIDTH, 1, h, w, 0, o);
        Tensor both = Tensor.of(logits, targets.length, classes);
        new CrossEntropy().reduction(Reduction.SUM).forwardBackward(basin, both, Tensor.of(targets), both);
        basin.gemm().multiply(false, false, targets.length, WIDTH, classes, 1, o, w, 1, new Gemm.Rows(gradient, 0, WIDTH));
        basin.gemm().multiply(true, false, classes, WIDTH, targets.length, -.01f, o, h, 1, w);
    }

    /** Numbers from -0.05 to 0.05 without a generator's time. */
    private static float[] cheap(int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = ((i * 2654435761L >>> 7 & 0xFFFF) / 65536f - .5f) * .1f;
        }
        return values;
    }

    private static double seconds(Runnable action) {
        long begin = System.nanoTime();
        action.run();
        return (System.nanoTime() - begin) * 1e-9;
    }

    private float[] normal(int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian() * .05f;
        }
        return values;
    }
}
