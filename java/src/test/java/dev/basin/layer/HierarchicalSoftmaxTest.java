package dev.basin.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.TestBackends;
import java.util.Random;
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

    private static HierarchicalSoftmax.Parameters parameters(Random random) {
        return new HierarchicalSoftmax.Parameters(Tensor.of(random.doubles(15).toArray(), 5, 3), Tensor.of(random.doubles(5).toArray(), 5),
                Tensor.of(random.doubles(75).toArray(), 5, 5, 3), Tensor.of(random.doubles(25).toArray(), 5, 5));
    }
}
