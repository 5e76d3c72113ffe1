package dev.basin.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.TestBackends;
import dev.basin.Tensor;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Two wrappers sketched on {@link Optimizer}: what it shows is enough to build them around any optimizer. */
class WrappersTest {
    /** Averages of the parameters, moved after each step. */
    private record MovingAverage(Optimizer<?> optimizer, List<double[]> averages, double decay) {
        static MovingAverage of(Optimizer<?> optimizer, double decay) {
            return new MovingAverage(optimizer,
                    optimizer.parameters().stream().map(p -> values(p.tensor())).toList(), decay);
        }

        void step(Gradients gradients, double learningRate) {
            optimizer.step(gradients, learningRate);
            for (int i = 0; i < averages.size(); i++) {
                double[] now = values(optimizer.parameters().get(i).tensor());
                for (int j = 0; j < now.length; j++) {
                    averages.get(i)[j] = decay * averages.get(i)[j] + (1 - decay) * now[j];
                }
            }
        }
    }

    /** Sharpness-aware minimisation: the step is made with the gradient at the worst point nearby. */
    private record Sharpness(Basin basin, Optimizer<?> optimizer, double radius) {
        void step(Supplier<List<Tensor>> gradientsAtParameters, double learningRate) {
            Gradients here = Gradients.of(gradientsAtParameters.get());
            double length = radius / GlobalNormClip.norm(basin, here);
            move(here, length);
            List<Tensor> there = gradientsAtParameters.get();
            move(here, -length);
            optimizer.step(there, learningRate);
        }

        private void move(Gradients direction, double length) {
            for (int i = 0; i < direction.tensors().size(); i++) {
                Tensor weights = optimizer.parameters().get(i).tensor();
                for (int j = 0; j < weights.size(); j++) {
                    weights.set(j, weights.get(j) + length * direction.tensors().get(i).get(j));
                }
            }
        }
    }

    @Test
    void wrappersFitAroundAnyOptimizer() {
        try (Basin basin = TestBackends.open("java")) {
            for (String name : List.of("sgd", "adamw", "lion")) {
                float[] w = {2, -1};
                Optimizer<?> optimizer = optimizer(name, basin, List.of(Tensor.of(w)));
                MovingAverage average = MovingAverage.of(optimizer, .5);
                Sharpness sharpness = new Sharpness(basin, optimizer, .01);
                for (int i = 0; i < 50; i++) {
                    sharpness.step(() -> List.of(Tensor.of(w.clone())), .05);
                    average.step(Gradients.of(List.of(Tensor.of(w.clone()))), .05);
                }
                assertTrue(Math.abs(w[0]) < .5 && Math.abs(w[1]) < .5, name);
                assertEquals(w[0], average.averages().getFirst()[0], .1, name);
            }
        }
    }

    private static Optimizer<?> optimizer(String name, Basin basin, List<Tensor> parameters) {
        return switch (name) {
            case "sgd" -> Sgd.over(basin, parameters, Sgd.Options.defaults().momentum(.5));
            case "adamw" -> AdamW.over(basin, parameters, AdamW.Options.defaults());
            default -> Lion.over(basin, parameters, Lion.Options.defaults());
        };
    }

    private static double[] values(Tensor tensor) {
        double[] values = new double[(int) tensor.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = tensor.get(i);
        }
        return values;
    }
}
