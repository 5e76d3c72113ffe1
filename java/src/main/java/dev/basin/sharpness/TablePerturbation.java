package dev.basin.sharpness;

import dev.basin.Tensor;
import dev.basin.binding.Device;
import dev.basin.dispatch.TableSums;
import dev.basin.dispatch.TensorTable;
import dev.basin.kernel.TableKernels;
import dev.basin.optim.Perturbation.Scale;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Moves parameters that lie on a device, and back: a launch for all that are scaled alike. The bits are those of a launch a
 * parameter.
 */
final class TablePerturbation {
    private static final int SAVED_COLUMN = 2;
    private static final int GRADIENTS_COLUMN = 3;
    private static final int COLUMNS = 5;

    private final Device device;
    private final boolean saved;
    private final List<Group> groups;
    private final double[] squares;
    private final MemorySegment norm;
    private final MemorySegment normWord = Arena.ofAuto().allocate(ValueLayout.JAVA_DOUBLE);

    /** Parameters with one scale, by their numbers. */
    private record Group(Scale scale, int[] parameters, TensorTable moves, TableSums sums) {
        int isAdaptive() {
            return scale.isAdaptive() ? 1 : 0;
        }
    }

    /** @param savedWeights where the weights are kept meanwhile; empty if they are recomputed */
    TablePerturbation(Device device, List<Tensor> weights, List<Tensor> savedWeights, List<Scale> scales) {
        this.device = device;
        this.saved = !savedWeights.isEmpty();
        this.squares = new double[weights.size()];
        this.norm = device.allocate(Arena.ofAuto(), Double.BYTES);
        this.groups = scales.stream().distinct().map(scale -> group(scale, weights, savedWeights, scales)).toList();
    }

    private Group group(Scale scale, List<Tensor> weights, List<Tensor> savedWeights, List<Scale> scales) {
        int[] parameters = IntStream.range(0, weights.size()).filter(i -> scales.get(i).equals(scale)).toArray();
        List<Tensor> own = IntStream.of(parameters).mapToObj(weights::get).toList();
        TensorTable moves = new TensorTable(device, COLUMNS, TableKernels.BLOCK);
        TableSums sums = new TableSums(device, 4);
        moves.layOut(own);
        sums.table().layOut(own);
        for (int row = 0; row < parameters.length; row++) {
            moves.set(row, 0, own.get(row));
            sums.table().set(row, 0, own.get(row));
            if (saved) {
                moves.set(row, SAVED_COLUMN, savedWeights.get(parameters[row]).memory().address());
            }
        }
        return new Group(scale, parameters, moves, sums);
    }

    /** Takes gradients that lie on the device. */
    void take(List<Tensor> gradients) {
        for (Group group : groups) {
            for (int row = 0; row < group.parameters().length; row++) {
                Tensor gradient = gradients.get(group.parameters()[row]);
                group.moves().set(row, GRADIENTS_COLUMN, gradient);
                group.sums().table().set(row, 2, gradient);
            }
        }
    }

    /** The sum of {@code (T g)^2} over all parameters, added up in their order. */
    double squaredNorm() {
        for (Group group : groups) {
            TableSums sums = group.sums();
            TensorTable table = sums.table();
            device.tables().samNormMany(
                    table.sent(), table.rows(), table.blocks(), sums.partials(), group.isAdaptive(), group.scale().eta());
        }
        device.checkErrors();
        for (Group group : groups) {
            group.sums().fetch();
            for (int row = 0; row < group.parameters().length; row++) {
                squares[group.parameters()[row]] = group.sums().sumOfRow(row);
            }
        }
        double total = 0;
        for (double square : squares) {
            total += square;
        }
        return total;
    }

    /** Moves the weights along the gradients times a scale. */
    void apply(double length, double rho, double gradScale) {
        normWord.set(ValueLayout.JAVA_DOUBLE, 0, length);
        device.tables().tableWrite(norm, normWord, 1);
        for (Group group : groups) {
            TensorTable table = group.moves();
            device.tables().samPerturbMany(
                    table.sent(), table.rows(), table.blocks(), norm, MemorySegment.NULL, saved ? 1 : 0, rho, group.isAdaptive(),
                    group.scale().eta(), gradScale);
        }
        device.checkErrors();
    }

    /** Moves them back. */
    void restore(double rho, double ascentScale) {
        for (Group group : groups) {
            TensorTable table = group.moves();
            device.tables().samRestoreMany(
                    table.sent(), table.rows(), table.blocks(), norm, MemorySegment.NULL, saved ? 1 : 0, rho, group.isAdaptive(),
                    group.scale().eta(), ascentScale);
        }
        device.checkErrors();
    }
}
