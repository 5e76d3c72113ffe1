package dev.basin.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.TestBackends;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HierarchicalSoftmaxTest {
    /** 23 classes are five groups of five, of which the last has three. */
    @Test
    void allProbabilitiesAddUpToOne() {
        HierarchicalSoftmax softmax = new HierarchicalSoftmax(23);
        assertEquals(5, softmax.members());
        assertEquals(5, softmax.groups());
        Random random = new Random(1);
        try (Basin basin = TestBackends.reference()) {
            HierarchicalSoftmax.Parameters parameters = parameters(random);
            HierarchicalSoftmax.Parameters gradients = parameters(random);
            double[] hidden = random.doubles(3).toArray();
            double total = 0;
            for (int target = 0; target < 23; target++) {
                double[] loss = new double[1];
                softmax.forwardBackward(basin, Tensor.of(hidden, 1, 3), parameters, Tensor.of(new int[] {target}), Tensor.of(loss, 1),
                        Tensor.of(new double[3], 1, 3), gradients);
                total += Math.exp(-loss[0]);
                for (long i = 0; i < gradients.b2().size(); i++) {
                    boolean visited = i / 5 == target / 5 && i < 23;
                    assertEquals(visited, gradients.b2().get(i) != 0, "target " + target + ", member " + i);
                }
            }
            assertEquals(1, total, 1e-12);
            assertThrows(IllegalArgumentException.class, () -> softmax.forwardBackward(basin, Tensor.of(hidden, 1, 3), parameters,
                    Tensor.of(new int[] {23}), Tensor.of(new double[1], 1), Tensor.of(new double[3], 1, 3), gradients));
        }
    }

    /** Against the gradients that are written for every group; 23 classes of which no target is in the second and fourth group. */
    @Test
    void anUpdateIsTheStepAgainstTheGradients() {
        HierarchicalSoftmax softmax = new HierarchicalSoftmax(23);
        int[] targets = {1, 22, 12, 4, 1};
        double rate = 0.3;
        try (Basin basin = TestBackends.reference()) {
            HierarchicalSoftmax.Parameters parameters = parameters(new Random(2));
            HierarchicalSoftmax.Parameters updated = parameters(new Random(2));
            HierarchicalSoftmax.Parameters gradients = parameters(new Random(3));
            Tensor hidden = Tensor.of(new Random(4).doubles(15).toArray(), 5, 3);
            double[][] losses = new double[3][5];
            double[][] byHidden = new double[2][15];
            softmax.forward(basin, hidden, parameters, Tensor.of(targets), Tensor.of(losses[0], 5));
            softmax.forwardBackward(basin, hidden, parameters, Tensor.of(targets), Tensor.of(losses[1], 5), Tensor.of(byHidden[0], 5, 3),
                    gradients);
            softmax.update(basin, hidden, updated, Tensor.of(targets), Tensor.of(losses[2], 5), Tensor.of(byHidden[1], 5, 3), rate);
            assertArrayEquals(losses[1], losses[0]);
            assertArrayEquals(losses[1], losses[2]);
            assertArrayEquals(byHidden[0], byHidden[1]);
            assertStepped(parameters.w1(), gradients.w1(), updated.w1(), rate);
            assertStepped(parameters.b1(), gradients.b1(), updated.b1(), rate);
            assertStepped(parameters.w2(), gradients.w2(), updated.w2(), rate);
            assertStepped(parameters.b2(), gradients.b2(), updated.b2(), rate);
            assertThrows(IllegalArgumentException.class, () -> softmax.update(basin, hidden, updated, Tensor.of(targets),
                    Tensor.of(losses[2], 5), Tensor.of(byHidden[1], 5, 3), Double.NaN));
        }
    }

    private static void assertStepped(Tensor before, Tensor gradient, Tensor after, double rate) {
        for (long i = 0; i < before.size(); i++) {
            double wanted = before.get(i) - rate * gradient.get(i);
            assertEquals(wanted, after.get(i), gradient.get(i) == 0 ? 0 : 1e-14);
        }
    }

    /** Against the losses of every class; weights large enough that most groups need not be looked into, and a row with ties. */
    @Test
    void predictionsAreTheClassesOfTheSmallestLosses() {
        HierarchicalSoftmax softmax = new HierarchicalSoftmax(23);
        try (Basin basin = TestBackends.reference()) {
            HierarchicalSoftmax.Parameters parameters = parameters(new Random(5));
            for (long i = 0; i < 5; i++) {
                parameters.b1().set(i, 0);
            }
            for (long i = 0; i < 25; i++) {
                parameters.b2().set(i, 0);
            }
            double[] hidden = new Random(6).doubles(12, -20, 20).toArray();
            Arrays.fill(hidden, 9, 12, 0); // every group alike, and every member of a group
            int[] best = new int[4 * 7];
            softmax.predict(basin, Tensor.of(hidden, 4, 3), parameters, Tensor.of(MemorySegment.ofArray(best),
                    DataType.I32, 4, 7));
            for (int row = 0; row < 4; row++) {
                double[] losses = new double[23];
                for (int target = 0; target < 23; target++) {
                    double[] loss = new double[1];
                    softmax.forward(basin, Tensor.of(Arrays.copyOfRange(hidden, 3 * row, 3 * row + 3), 1, 3), parameters,
                            Tensor.of(new int[] {target}), Tensor.of(loss, 1));
                    losses[target] = loss[0];
                }
                int[] wanted = IntStream.range(0, 23).boxed()
                        .sorted(Comparator.comparingDouble((Integer c) -> Math.round(losses[c] * 1e9)))
                        .mapToInt(c -> c).limit(7).toArray();
                assertArrayEquals(wanted, Arrays.copyOfRange(best, 7 * row, 7 * row + 7), "row " + row);
            }
        }
    }

    private static HierarchicalSoftmax.Parameters parameters(Random random) {
        return new HierarchicalSoftmax.Parameters(Tensor.of(random.doubles(15).toArray(), 5, 3), Tensor.of(random.doubles(5).toArray(), 5),
                Tensor.of(random.doubles(75).toArray(), 5, 5, 3), Tensor.of(random.doubles(25).toArray(), 5, 5));
    }
}
