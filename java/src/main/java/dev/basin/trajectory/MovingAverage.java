package dev.basin.trajectory;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.file.StateFile;
import dev.basin.kernel.KernelDeclaration;
import dev.basin.kernel.TrajectoryKernels;
import dev.basin.optim.Optimizer;
import dev.basin.optim.Parameter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An exponential moving average of weights, {@code v = decay v + (1 - decay) w} after every optimizer step: what MESA's past comes
 * from (Du et al., arXiv 2205.14083), and a model to evaluate in its own right.
 *
 * <p>It begins at the weights as they are. Averages are f32 whether the weights are f32 or bf16, since in bf16 a decay near 1 moves
 * nothing; 12 bytes of traffic a parameter. Computed as {@code v + (1 - decay) (w - v)}, so that constant weights are their own
 * average. A NaN spoils its own element.
 *
 * <pre>{@code
 * var average = MovingAverage.over(basin, optimizer, 0.9998);
 * ...
 * optimizer.step(gradients, learningRate);
 * average.update();
 * ...
 * model.forward(average.averages(), batch.inputs(), pastLogits);
 * TrajectoryLoss.mesa().forwardBackward(basin, epoch, logits, targets, Past.of(pastLogits), gradLogits);
 * }</pre>
 */
public final class MovingAverage {
    private static final String KIND = "MovingAverage";
    private static final KernelDeclaration DECLARATION = KernelDeclaration.of(TrajectoryKernels.class, "emaUpdate");

    private final Basin basin;
    private final List<Parameter> parameters;
    private final List<Tensor> averages;
    private final double decay;

    private MovingAverage(Basin basin, List<Parameter> parameters, double decay) {
        this.basin = basin;
        this.parameters = List.copyOf(parameters);
        this.decay = DECLARATION.checked("decay", decay);
        Arena arena = Arena.ofAuto();
        this.averages = this.parameters.stream().map(parameter -> copy(arena, parameter.tensor())).toList();
    }

    /**
     * Over what an optimizer updates.
     *
     * @param decay at least 0 and below 1; 0.9998 in the paper's code
     */
    public static MovingAverage over(Basin basin, Optimizer<?> optimizer, double decay) {
        return new MovingAverage(basin, optimizer.parameters(), decay);
    }

    /** Moves every average towards its parameter: one call for all of them; one that is refused changes nothing. */
    public void update() {
        if (averages.size() > 1) {
            updateAll(basin.checks().trajectory());
        }
        updateAll(basin.kernels().trajectory());
    }

    /** The averages, in the order of the parameters: memory of this object's own, to read, save or restore. */
    public List<Tensor> averages() {
        return averages;
    }

    /** Saves the averages as a safetensors file, each under the name of its parameter; see {@link Optimizer#save}. */
    public void save(Path file) throws IOException {
        StateFile.save(file, KIND, Map.of(), namedAverages());
    }

    /**
     * Goes on where a saved average stopped.
     *
     * @throws IOException if the file is damaged or of other parameters, with the reason; nothing has changed then
     */
    public void load(Path file) throws IOException {
        StateFile.read(file, KIND).fill(namedAverages());
    }

    private Map<String, Tensor> namedAverages() {
        Map<String, Tensor> named = new LinkedHashMap<>();
        for (int i = 0; i < averages.size(); i++) {
            named.put(parameters.get(i).name(), averages.get(i));
        }
        return named;
    }

    public double decay() {
        return decay;
    }

    private void updateAll(TrajectoryKernels kernels) {
        for (int i = 0; i < averages.size(); i++) {
            Tensor average = averages.get(i);
            Tensor weights = parameters.get(i).tensor();
            kernels.emaUpdate(average.type().code(), average.memory(), weights.type().code(), weights.memory(), 0,
                    weights.size(), decay);
        }
    }

    private static Tensor copy(Arena arena, Tensor weights) {
        DataType type = weights.type().computationType();
        Tensor copy = Tensor.allocate(arena, type, weights.shape());
        for (long i = 0; i < weights.size(); i++) {
            copy.set(i, weights.get(i));
        }
        return copy;
    }
}
