package dev.basin.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.TestBackends;
import dev.basin.loss.FactoredOutputLayer.Options;
import dev.basin.loss.SphericalLoss.Kind;
import dev.basin.matrix.Rows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The worked example and the claims of the catalogue's page on the factored output layer. */
class FactoredOutputLayerTest {
    private static final double EXACT = 1e-9;

    @TempDir
    private Path folder;

    private final Basin reference = TestBackends.reference();
    private final Random random = new Random(1);

    @AfterEach
    void close() {
        reference.close();
    }

    private static Options zLoss(double location) {
        return Options.defaults().loss(new SphericalLoss(Kind.Z).location(location).epsilon(0)).reduction(Reduction.SUM);
    }

    @Test
    void theWorkedExample() {
        FactoredOutputLayer layer = FactoredOutputLayer.over(
                reference, Tensor.of(new double[] {1, 0, 0, 1, -1, .5}, 3, 2), zLoss(1));
        double[] gradient = new double[2];
        double loss = layer.update(
                Tensor.of(new double[] {1, 2}, 1, 2), Tensor.of(new int[] {1}), Tensor.of(gradient, 1, 2), null, .1);
        assertEquals(.587075284, loss, EXACT);
        assertArrayEquals(new double[] {.271923424, -.135961712}, gradient, EXACT);
        double[] weights = new double[6];
        layer.materialize(Tensor.of(weights, 3, 2));
        assertArrayEquals(
                new double[] {.981871772, -.036256457, .009064114, 1.018128228, -.990935886, .518128228}, weights, EXACT);
        double[] squares = new double[4];
        double[] sums = new double[2];
        layer.summary(Tensor.of(squares, 2, 2), Tensor.of(sums, 2));
        assertArrayEquals(new double[] {1.946108264, -.539802616, -.539802616, 1.306356481}, squares, EXACT);
        assertArrayEquals(new double[] {0, 1.5}, sums, EXACT);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void twoHundredStepsAreThoseOfTheDenseLayer(Kind kind) {
        SphericalLoss loss = new SphericalLoss(kind).location(3).epsilon(0);
        double rate = switch (kind) {
            case Z -> .5;
            case SQUARED_ERROR -> .002;
            default -> .05;
        };
        assertTrue(drift(Options.defaults().loss(loss).reduction(Reduction.SUM), rate, 200, false) < 1e-11);
    }

    @Tag("slow")
    @Test
    void aThousandStepsInFloatStayCloseOnlyWithStabilisation() {
        Options squared = Options.defaults().loss(new SphericalLoss(Kind.SQUARED_ERROR)).reduction(Reduction.SUM);
        double with = drift(squared, .002, 1000, true);
        double without = drift(squared.stabilizationPeriod(0), .002, 1000, true);
        assertTrue(with < 1e-4, "with " + with);
        assertTrue(!(without < 30 * with), "without " + without + ", with " + with); // how bad it gets is up to rounding
    }

    /** How far the weights are from those of dense descent, D = 500, d = 16, 8 rows a step, as a share of the largest. */
    private double drift(Options options, double rate, int steps, boolean single) {
        int classes = 500;
        int width = 16;
        int rows = 8;
        double[] dense = normal(classes * width, .3);
        if (single) {
            for (int i = 0; i < dense.length; i++) {
                dense[i] = (float) dense[i];
            }
        }
        try (Basin fast = TestBackends.open("java")) {
            FactoredOutputLayer layer =
                    FactoredOutputLayer.over(single ? fast : reference, tensor(dense, classes, width, single), options);
            double[] gradient = new double[rows * width];
            for (int step = 0; step < steps; step++) {
                double[] hidden = normal(rows * width, 1);
                if (single) {
                    for (int i = 0; i < hidden.length; i++) {
                        hidden[i] = (float) hidden[i];
                    }
                }
                int[] targets = new int[rows];
                for (int i = 0; i < rows; i++) {
                    targets[i] = random.nextInt(4) == 0 && i > 0 ? targets[i - 1] : random.nextInt(classes);
                }
                Tensor gradHidden = single ? Tensor.of(new float[rows * width], rows, width) : Tensor.of(gradient, rows, width);
                layer.update(tensor(hidden, rows, width, single), Tensor.of(targets), gradHidden, null, rate);
                double[] expected = stepDensely(dense, hidden, targets, options.loss(), rate, classes, width);
                if (!single) {
                    assertArrayEquals(expected, gradient, 1e-11 * Math.max(1, largest(expected)), "step " + step);
                }
            }
            Tensor found = single ? Tensor.of(new float[classes * width], classes, width) : Tensor.of(new double[classes * width], classes, width);
            layer.materialize(found);
            double apart = 0;
            for (int i = 0; i < dense.length; i++) {
                double difference = Math.abs(found.get(i) - dense[i]);
                apart = difference <= apart ? apart : difference; // a NaN counts
            }
            return apart / largest(dense);
        }
    }

    /** Dense gradient descent on the weights; the gradient by the hidden values. */
    private double[] stepDensely(double[] w, double[] h, int[] targets, SphericalLoss loss, double rate, int classes, int width) {
        double[] gradHidden = new double[h.length];
        double[] gradient = new double[w.length];
        for (int row = 0; row < targets.length; row++) {
            double[] o = new double[classes];
            double squares = 0;
            double sum = 0;
            for (int k = 0; k < classes; k++) {
                for (int j = 0; j < width; j++) {
                    o[k] += w[k * width + j] * h[row * width + j];
                }
                squares += o[k] * o[k];
                sum += o[k];
            }
            double[][] out = new double[3][1];
            loss.forwardBackward(reference, Tensor.of(new double[] {o[targets[row]]}, 1), Tensor.of(new double[] {squares}, 1),
                    Tensor.of(new double[] {sum}, 1), classes, null, Tensor.of(out[0], 1), Tensor.of(out[1], 1), Tensor.of(out[2], 1));
            for (int k = 0; k < classes; k++) {
                double pull = (k == targets[row] ? out[0][0] : 0) + 2 * out[1][0] * o[k] + out[2][0];
                for (int j = 0; j < width; j++) {
                    gradHidden[row * width + j] += pull * w[k * width + j];
                    gradient[k * width + j] += pull * h[row * width + j];
                }
            }
        }
        for (int i = 0; i < w.length; i++) {
            w[i] -= rate * gradient[i];
        }
        return gradHidden;
    }

    @Test
    void aSingularStepIsDoneDensely() {
        FactoredOutputLayer layer = FactoredOutputLayer.over(reference, Tensor.of(new double[] {1, 0, 0, 1, -1, .5}, 3, 2),
                Options.defaults().loss(new SphericalLoss(Kind.SQUARED_ERROR)));
        layer.update(Tensor.of(new double[] {1, 0}, 1, 2), Tensor.of(new int[] {2}), Tensor.of(new double[2], 1, 2), null, .5);
        double[] weights = new double[6];
        layer.materialize(Tensor.of(weights, 3, 2));
        assertArrayEquals(new double[] {0, 0, 0, 1, 1, .5}, weights, 1e-12, "W h is the target's unit vector");
        double before = layer.forward(Tensor.of(new double[] {1, 0}, 1, 2), Tensor.of(new int[] {2}), null);
        assertEquals(0, before, 1e-12);
    }

    /** Half of the steps before the file, half after it, stabilisations among both. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLoadedLayerGoesOnToTheBit(boolean single) throws IOException {
        Path file = folder.resolve("layer");
        try (Basin fast = TestBackends.open("java")) {
            Basin basin = single ? fast : reference;
            Options options = zLoss(1).stabilizationPeriod(3);
            Tensor start = tensor(normal(30 * 4, 1), 30, 4, single);
            FactoredOutputLayer whole = FactoredOutputLayer.over(basin, start, options);
            train(whole, 0, 8, single);
            whole.save(file);
            FactoredOutputLayer loaded = FactoredOutputLayer.over(basin, tensor(new double[30 * 4], 30, 4, single), options);
            loaded.load(file);
            assertArrayEquals(train(whole, 8, 16, single), train(loaded, 8, 16, single));
            assertArrayEquals(weights(whole, single), weights(loaded, single));

            double[] before = weights(loaded, single);
            byte[] bytes = Files.readAllBytes(file);
            for (int kept : new int[] {0, 7, 100, bytes.length - 1}) {
                Files.write(file, Arrays.copyOf(bytes, kept));
                assertThrows(IOException.class, () -> loaded.load(file), kept + " bytes");
            }
            FactoredOutputLayer.over(basin, tensor(normal(30 * 5, 1), 30, 5, single), options).save(file);
            assertThrows(IOException.class, () -> loaded.load(file), "of another width");
            Files.write(file, new byte[] {'n', 'o', ' ', 'l', 'a', 'y', 'e', 'r', '.', '\n'});
            assertThrows(IOException.class, () -> loaded.load(file), "a foreign file");
            assertArrayEquals(before, weights(loaded, single));
        }
    }

    /** The loss of each step; what is seen follows from its number. */
    private static double[] train(FactoredOutputLayer layer, int begin, int end, boolean single) {
        double[] losses = new double[end - begin];
        for (int step = begin; step < end; step++) {
            Random drawn = new Random(step);
            double[] hidden = drawn.doubles(5 * 4, -1, 1).toArray();
            Tensor gradient = tensor(new double[5 * 4], 5, 4, single);
            losses[step - begin] =
                    layer.update(tensor(hidden, 5, 4, single), Tensor.of(drawn.ints(5, 0, 30).toArray()), gradient, null, 2);
        }
        return losses;
    }

    private static double[] weights(FactoredOutputLayer layer, boolean single) {
        Tensor weights = tensor(new double[30 * 4], 30, 4, single);
        layer.materialize(weights);
        return Rows.loadAll(weights);
    }

    /** Whatever is moved from one factor to the other, their product stays. */
    @Test
    void stabilisationKeepsTheWeights() {
        Options squared = Options.defaults().loss(new SphericalLoss(Kind.SQUARED_ERROR)).reduction(Reduction.SUM).stabilizationPeriod(0);
        FactoredOutputLayer layer = FactoredOutputLayer.over(reference, Tensor.of(normal(40 * 12, .3), 40, 12), squared);
        double[] hidden = normal(2 * 12, 1);
        for (int step = 0; step < 60; step++) {
            layer.update(Tensor.of(hidden, 2, 12), Tensor.of(new int[] {3, 39}), Tensor.of(new double[24], 2, 12), null, .005);
        }
        double[] before = new double[40 * 12];
        double[] after = new double[40 * 12];
        layer.materialize(Tensor.of(before, 40, 12));
        assertEquals(2, layer.stabilize(), "the two directions of the hidden values");
        layer.materialize(Tensor.of(after, 40, 12));
        assertArrayEquals(before, after, 1e-12);
        assertEquals(0, layer.stabilize());
    }

    @Test
    void decayMultipliesEveryWeight() {
        double[] weights = normal(30 * 4, 1);
        FactoredOutputLayer layer = FactoredOutputLayer.over(reference, Tensor.of(weights, 30, 4), zLoss(0));
        layer.decay(.5);
        Tensor hidden = Tensor.of(normal(8, 1), 2, 4);
        Tensor targets = Tensor.of(new int[] {3, 29});
        for (int i = 0; i < weights.length; i++) {
            weights[i] *= .5;
        }
        FactoredOutputLayer halved = FactoredOutputLayer.over(reference, Tensor.of(weights, 30, 4), zLoss(0));
        assertEquals(halved.forward(hidden, targets, null), layer.forward(hidden, targets, null), 1e-12);
    }

    @Test
    void theLargestLogitsArePredictedInTheirOrder() {
        double[] weights = {1, 0, 0, 1, 2, 0, 1, 0};
        FactoredOutputLayer layer = FactoredOutputLayer.over(reference, Tensor.of(weights, 4, 2), Options.defaults());
        int[] best = new int[6];
        layer.predict(Tensor.of(new double[] {1, 0, 0, 1}, 2, 2),
                Tensor.of(java.lang.foreign.MemorySegment.ofArray(best), dev.basin.DataType.I32, 2, 3));
        assertArrayEquals(new int[] {2, 0, 3, 1, 0, 2}, best);
    }

    @Test
    void whatDoesNotFitIsRefusedBeforeAnythingChanges() {
        FactoredOutputLayer layer = FactoredOutputLayer.over(reference, Tensor.of(normal(12, 1), 6, 2), zLoss(0));
        Tensor hidden = Tensor.of(new double[] {1, 2}, 1, 2);
        Tensor gradient = Tensor.of(new double[2], 1, 2);
        double before = layer.forward(hidden, Tensor.of(new int[] {1}), null);
        assertThrows(IllegalArgumentException.class, () -> layer.update(hidden, Tensor.of(new int[] {6}), gradient, null, .1));
        assertThrows(IllegalArgumentException.class, () -> layer.update(hidden, Tensor.of(new int[] {1}), gradient, null, -1));
        assertThrows(IllegalArgumentException.class,
                () -> layer.update(Tensor.of(new float[] {1, 2}, 1, 2), Tensor.of(new int[] {1}), gradient, null, .1));
        assertThrows(IllegalArgumentException.class, () -> layer.decay(0));
        assertEquals(before, layer.forward(hidden, Tensor.of(new int[] {1}), null));
    }

    private static Tensor tensor(double[] values, int rows, int columns, boolean single) {
        if (!single) {
            return Tensor.of(values, rows, columns);
        }
        float[] narrowed = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            narrowed[i] = (float) values[i];
        }
        return Tensor.of(narrowed, rows, columns);
    }

    private static double largest(double[] values) {
        double largest = 0;
        for (double value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private double[] normal(int size, double deviation) {
        double[] values = new double[size];
        for (int i = 0; i < size; i++) {
            values[i] = deviation * random.nextGaussian();
        }
        return values;
    }
}
