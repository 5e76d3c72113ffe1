package dev.basin.trajectory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.TestBackends;
import dev.basin.Tensor;
import dev.basin.optim.Sgd;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MovingAverageTest {
    private static final int STEPS = 50;

    /** Claim 4: after T steps the average is decay^T v0 + sum (1 - decay) decay^(T - 1 - t) w_t, over many tensors. */
    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void isTheSumThatItsDefinitionUnrollsTo(String backend) {
        int[] sizes = {1, 33, 1000, 20_000};
        Random random = new Random(5);
        for (double decay : new double[] {0, .5, .9, .9998}) {
            List<Tensor> weights = java.util.Arrays.stream(sizes)
                    .mapToObj(size -> Tensor.allocate(Arena.ofAuto(), DataType.F32, size)).toList();
            weights.forEach(tensor -> fill(tensor, random));
            try (Basin basin = TestBackends.open(backend)) {
                MovingAverage average =
                        MovingAverage.over(basin, Sgd.over(basin, weights, Sgd.Options.defaults()), decay);
                double[][] expected = new double[sizes.length][];
                for (int i = 0; i < sizes.length; i++) {
                    expected[i] = scaled(weights.get(i), Math.pow(decay, STEPS));
                }
                for (int step = 0; step < STEPS; step++) {
                    weights.forEach(tensor -> fill(tensor, random));
                    average.update();
                    for (int i = 0; i < sizes.length; i++) {
                        double[] term = scaled(weights.get(i), (1 - decay) * Math.pow(decay, STEPS - 1 - step));
                        java.util.Arrays.setAll(expected[i], sum(expected[i], term)::get);
                    }
                }
                for (int i = 0; i < sizes.length; i++) {
                    for (int k = 0; k < sizes[i]; k++) {
                        assertEquals(expected[i][k], average.averages().get(i).get(k), 2e-6, backend + " decay " + decay);
                    }
                }
            }
        }
    }

    /** With the decay itself rounded to f32 a long average of constant weights ends 1.5e-4 beside them. */
    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void constantWeightsAreTheirAverage(String backend) {
        float[] weights = {1, -3, 1e-3f, 0};
        try (Basin basin = TestBackends.open(backend)) {
            MovingAverage average = MovingAverage.over(
                    basin, Sgd.over(basin, List.of(Tensor.of(weights)), Sgd.Options.defaults()), .9998);
            for (int step = 0; step < 100_000; step++) {
                average.update();
            }
            for (int i = 0; i < 4; i++) {
                assertEquals(weights[i], average.averages().getFirst().get(i));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void bf16WeightsHaveAnF32Average(String backend) {
        Tensor weights = Tensor.allocate(Arena.ofAuto(), DataType.BF16, 37);
        try (Basin basin = TestBackends.open(backend)) {
            MovingAverage average = MovingAverage.over(basin, averaged(basin, weights), .9998);
            fill(weights, new Random(6));
            average.update();
            assertEquals(DataType.F32, average.averages().getFirst().type());
            for (int i = 0; i < 37; i++) {
                double expected = (1 - .9998) * weights.get(i);
                assertEquals(expected, average.averages().getFirst().get(i), 1e-6 * Math.abs(expected));
            }
        }
    }

    private static Sgd averaged(Basin basin, Tensor weights) {
        return Sgd.over(basin, List.of(weights), Sgd.Options.defaults());
    }

    @Test
    void theDecayIsChecked() {
        try (Basin basin = TestBackends.open("java")) {
            Sgd sgd = averaged(basin, Tensor.of(new float[3]));
            for (double decay : new double[] {-.1, 1, Double.NaN}) {
                assertThrows(IllegalArgumentException.class, () -> MovingAverage.over(basin, sgd, decay));
            }
        }
    }

    private static void fill(Tensor tensor, Random random) {
        for (long i = 0; i < tensor.size(); i++) {
            tensor.set(i, random.nextGaussian());
        }
    }

    private static double[] scaled(Tensor tensor, double factor) {
        double[] values = new double[(int) tensor.size()];
        java.util.Arrays.setAll(values, i -> factor * tensor.get(i));
        return values;
    }

    private static List<Double> sum(double[] a, double[] b) {
        return java.util.stream.IntStream.range(0, a.length).mapToObj(i -> a[i] + b[i]).toList();
    }
}
