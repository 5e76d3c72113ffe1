package dev.basin.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.TestBackends;
import dev.basin.Tensor;
import dev.basin.sharpness.SharpnessAware;
import dev.basin.sharpness.SharpnessOptions;
import dev.basin.trajectory.MovingAverage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An optimizer that was saved, and loaded into another one, goes on to the bit. */
class SavedStateTest {
    private static final long SEED = 17;
    private static final int HALF = 7;

    @TempDir
    private Path folder;

    /** Makes an optimizer over a matrix in bf16 with a master, and a vector in f32. */
    private interface Maker {
        Optimizer<?> over(Basin basin, List<Tensor> parameters);
    }

    private static Map<String, Maker> makers() {
        Map<String, Maker> makers = new LinkedHashMap<>();
        makers.put("adamw", (basin, parameters) -> AdamW.over(
                basin, parameters, AdamW.Options.defaults().weightDecay(.1).secondMomentType(DataType.F32)));
        makers.put("lion", (basin, parameters) -> Lion.over(basin, parameters, Lion.Options.defaults().weightDecay(.1)));
        makers.put("sgd", (basin, parameters) -> Sgd.over(basin, parameters, Sgd.Options.defaults().momentum(.9)));
        makers.put("sgd without momentum", (basin, parameters) -> Sgd.over(basin, parameters, Sgd.Options.defaults()));
        makers.put("lion-k", (basin, parameters) -> LionK.over(
                basin, parameters, LionK.Options.of(new ConvexFunction.TopK(5)).weightDecay(.1)));
        makers.put("frugal, columns", (basin, parameters) -> Frugal.over(basin, parameters, Frugal.Options.defaults().updateGap(3)));
        makers.put("frugal, blocks", (basin, parameters) -> Frugal.over(basin, parameters, Frugal.Options.defaults().updateGap(3)
                .split(new Split.Blocks(.5, Split.Order.RANDOM, 4))));
        makers.put("adafactor", (basin, parameters) -> Adafactor.over(
                basin, parameters, Adafactor.Options.defaults().beta1(.9)));
        return makers;
    }

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void aResumedRunGoesOnToTheBit(String backend) throws IOException {
        try (Basin basin = TestBackends.open(backend)) {
            for (Map.Entry<String, Maker> maker : makers().entrySet()) {
                Training whole = new Training(basin, maker.getValue());
                whole.run(0, 2 * HALF);

                Training first = new Training(basin, maker.getValue());
                first.run(0, HALF);
                Path optimizerFile = folder.resolve("optimizer");
                Path averageFile = folder.resolve("average");
                first.optimizer.save(optimizerFile);
                first.average.save(averageFile);

                Training second = new Training(basin, maker.getValue());
                second.takeWeights(first);
                second.optimizer.load(optimizerFile);
                second.average.load(averageFile);
                assertEquals(HALF, second.optimizer.steps());
                second.run(HALF, 2 * HALF);
                whole.requireEqual(second, backend + ", " + maker.getKey());
            }
        }
    }

    @Test
    void whatDoesNotFitIsRefusedAndChangesNothing() throws IOException {
        try (Basin basin = TestBackends.open("java")) {
            Training adamw = new Training(basin, makers().get("adamw"));
            adamw.run(0, HALF);
            Path file = folder.resolve("optimizer");
            adamw.optimizer.save(file);

            Training untouched = new Training(basin, makers().get("lion"));
            Training lion = new Training(basin, makers().get("lion"));
            assertRefused(lion.optimizer, file, "it must be the state of Lion, got AdamW");
            Optimizer<?> narrow = AdamW.over(basin, List.of(Tensor.of(new float[3])), AdamW.Options.defaults());
            assertRefused(narrow, file, "must have the tensors");
            Optimizer<?> otherShapes = AdamW.over(
                    basin, List.of(Tensor.of(new float[35], 7, 5), Tensor.of(new float[12])), AdamW.Options.defaults());
            assertRefused(otherShapes, file, "must have the tensors");
            byte[] whole = Files.readAllBytes(file);
            Files.write(file, Arrays.copyOf(whole, whole.length - 1));
            assertRefused(lion.optimizer, file, "promises");
            assertThrows(IOException.class, () -> lion.average.load(file));
            untouched.requireEqual(lion, "after refusals");
            assertEquals(0, lion.optimizer.steps());
        }
    }

    private static void assertRefused(Optimizer<?> optimizer, Path file, String reason) {
        String message = assertThrows(IOException.class, () -> optimizer.load(file)).getMessage();
        assertTrue(message.startsWith(file + " cannot be loaded: ") && message.contains(reason), message);
    }

    /** Sharpness-aware steps with a moving average behind them; gradients follow from the number of the step. */
    private static final class Training {
        private final Arena arena = Arena.ofAuto();
        private final List<Tensor> weights = List.of(
                filled(DataType.BF16, new Random(SEED), 7, 5), filled(DataType.F32, new Random(SEED + 1), 11));
        private final Optimizer<?> optimizer;
        private final SharpnessAware sharpness;
        private final MovingAverage average;

        Training(Basin basin, Maker maker) {
            optimizer = maker.over(basin, weights);
            sharpness = SharpnessAware.over(basin, optimizer, SharpnessOptions.asam());
            average = MovingAverage.over(basin, optimizer, .9);
        }

        void run(int from, int to) {
            for (int step = from; step < to; step++) {
                sharpness.perturb(gradients(2L * step));
                sharpness.step(gradients(2L * step + 1), .01);
                average.update();
            }
        }

        private List<Tensor> gradients(long number) {
            Random random = new Random(SEED * 1000 + number);
            return List.of(filled(DataType.BF16, random, 7, 5), filled(DataType.F32, random, 11));
        }

        private Tensor filled(DataType type, Random random, long... shape) {
            Tensor tensor = Tensor.allocate(arena, type, shape);
            for (long i = 0; i < tensor.size(); i++) {
                tensor.set(i, random.nextGaussian());
            }
            return tensor;
        }

        void takeWeights(Training other) {
            for (int i = 0; i < weights.size(); i++) {
                weights.get(i).copyFrom(other.weights.get(i));
            }
        }

        void requireEqual(Training other, String context) {
            requireEqual(weights, other.weights, context + ": weights");
            requireEqual(average.averages(), other.average.averages(), context + ": averages");
            optimizer.state().forEach(
                    (kind, tensors) -> requireEqual(tensors, other.optimizer.state().get(kind), context + ": " + kind));
        }

        private static void requireEqual(List<Tensor> expected, List<Tensor> found, String what) {
            for (int i = 0; i < expected.size(); i++) {
                assertEquals(-1, expected.get(i).memory().mismatch(found.get(i).memory()), what + " of parameter " + i);
            }
        }
    }
}
