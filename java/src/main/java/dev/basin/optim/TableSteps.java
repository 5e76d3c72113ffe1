package dev.basin.optim;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.binding.Device;
import dev.basin.dispatch.TensorTable;
import dev.basin.kernel.TableKernels;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Steps of parameters that lie on a device, where a launch costs as much as a small tensor: one launch for all parameters of a group.
 * The bits are those of a launch a parameter.
 */
final class TableSteps {
    /** Types and addresses of weights, master and gradients, which come first. */
    static final int STATE_COLUMN = 5;

    private static final int GRADIENTS_COLUMN = 3;

    private final Device device;
    private final Optimizer<?> optimizer;
    private final Group[] groups;
    private @Nullable Gradients current;
    private MemorySegment factorOnDevice = MemorySegment.NULL;

    /** The parameters from `first` on. */
    private record Group(int first, List<Tensor> weights, TensorTable table) {}

    TableSteps(Basin basin, Optimizer<?> optimizer, List<? extends ParameterGroup<?>> parameterGroups) {
        this.device = basin.device();
        this.optimizer = optimizer;
        List<Group> made = new ArrayList<>();
        int first = 0;
        for (ParameterGroup<?> group : parameterGroups) {
            if (!group.parameters().isEmpty()) {
                made.add(groupFrom(first, group));
            }
            first += group.parameters().size();
        }
        this.groups = made.toArray(Group[]::new);
    }

    private Group groupFrom(int first, ParameterGroup<?> parameters) {
        List<Tensor> weights = parameters.parameters().stream().map(Parameter::tensor).toList();
        TensorTable table = new TensorTable(device, STATE_COLUMN + optimizer.stateColumns(), TableKernels.BLOCK);
        table.layOut(weights);
        for (int row = 0; row < weights.size(); row++) {
            table.set(row, 0, weights.get(row));
            table.set(row, 2, optimizer.master(first + row).address());
            optimizer.setState(table, row, first + row);
        }
        return new Group(first, weights, table);
    }

    /** Whether these gradients lie on the device too; if so the next step takes them. */
    boolean take(Basin basin, Gradients gradients) {
        if (gradients == current) {
            return true;
        }
        if (!basin.areOnDevice(gradients.tensors())) {
            return false;
        }
        for (Group group : groups) {
            for (int row = 0; row < group.weights().size(); row++) {
                group.table().set(row, GRADIENTS_COLUMN, gradients.tensors().get(group.first() + row));
            }
        }
        current = gradients;
        takeFactor(basin, gradients.factor());
        return true;
    }

    private void takeFactor(Basin basin, @Nullable Tensor computed) {
        factorOnDevice = computed != null && basin.isOnDevice(computed.memory())
                ? MemorySegment.ofAddress(computed.memory().address())
                : MemorySegment.NULL;
    }

    /** Refuses numbers that a step would; gradients that are those of the step before are not looked at again. */
    void check(Gradients gradients, double learningRate) {
        for (Group group : groups) {
            optimizer.checkParameter(group.first(), gradients, learningRate);
        }
    }

    /** Steps every parameter. */
    void step(Gradients gradients, double learningRate) {
        double scale = factorOnDevice.address() == 0 ? gradients.factoredScale() : gradients.scale();
        for (Group group : groups) {
            optimizer.stepRows(device.tables(), group.table(), group.first(), factorOnDevice, scale, learningRate);
        }
        device.checkErrors();
    }
}
