package dev.basin.trajectory;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.binding.Device;
import dev.basin.dispatch.TensorTable;
import dev.basin.file.HostCopies;
import dev.basin.file.StateFile;
import dev.basin.kernel.KernelDeclaration;
import dev.basin.kernel.TableKernels;
import dev.basin.kernel.TrajectoryKernels;
import dev.basin.optim.Conversion;
import dev.basin.optim.Optimizer;
import dev.basin.optim.Parameter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
    private final @Nullable TensorTable table;

    private MovingAverage(Basin basin, List<Parameter> parameters, double decay) {
        this.basin = basin;
        this.parameters = List.copyOf(parameters);
        this.decay = DECLARATION.checked("decay", decay);
        Arena arena = Arena.ofAuto();
        this.averages = this.parameters.stream().map(parameter -> copy(basin, arena, parameter.tensor())).toList();
        this.table = averages.size() > 1 && basin.areOnDevice(averages) ? makeTable() : null;
    }

    private TensorTable makeTable() {
        TensorTable made = new TensorTable(basin.device(), 4, TableKernels.BLOCK);
        made.layOut(averages);
        for (int i = 0; i < averages.size(); i++) {
            made.set(i, 0, averages.get(i));
            made.set(i, 2, parameters.get(i).tensor());
        }
        return made;
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
        if (table == null || basin.traffic().isRecording()) {
            updateAll(basin.kernels().trajectory());
        } else {
            Device device = basin.device();
            device.tables().emaUpdateMany(table.sent(), table.rows(), table.blocks(), decay);
            device.checkErrors();
        }
    }

    /** The averages, in the order of the parameters: memory of this object's own, to read, save or restore. */
    public List<Tensor> averages() {
        return averages;
    }

    /** Saves the averages as a safetensors file, each under the name of its parameter; see {@link Optimizer#save}. */
    public void save(Path file) throws IOException {
        StateFile.save(file, KIND, Map.of(), HostCopies.of(basin, namedAverages()).tensors());
    }

    /**
     * Goes on where a saved average stopped.
     *
     * @throws IOException if the file is damaged or of other parameters, with the reason; nothing has changed then
     */
    public void load(Path file) throws IOException {
        HostCopies state = HostCopies.toFill(basin, namedAverages());
        StateFile.read(file, KIND).fill(state.tensors());
        state.copyBack();
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

    private static Tensor copy(Basin basin, Arena arena, Tensor weights) {
        Tensor copy = basin.zerosLike(arena, weights, weights.type().computationType());
        if (basin.isOnDevice(copy.memory())) {
            Conversion.convert(basin, weights, copy);
            return copy;
        }
        for (long i = 0; i < weights.size(); i++) {
            copy.set(i, weights.get(i));
        }
        return copy;
    }
}
