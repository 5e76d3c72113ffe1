package dev.basin.dispatch;

import dev.basin.Tensor;
import dev.basin.binding.Device;
import dev.basin.kernel.TableKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Sums of squares over many tensors in a device's memory, in one launch; to the bits of those tensor by tensor. */
public final class TableSums {
    private final Device device;
    private final TensorTable table;
    private MemorySegment partials = MemorySegment.NULL;
    private MemorySegment copy = MemorySegment.NULL;

    public TableSums(Device device) {
        this.device = device;
        this.table = new TensorTable(device, 2, TableKernels.SUMMED_BLOCK);
    }

    /** The sum over all of them, which are f32 or bf16 without gaps. */
    public synchronized double squaredNorm(List<Tensor> tensors) {
        table.layOut(tensors);
        for (int i = 0; i < tensors.size(); i++) {
            table.set(i, 0, tensors.get(i));
        }
        long bytes = table.blocks() * Double.BYTES;
        if (partials.byteSize() < bytes) {
            partials = device.allocate(Arena.ofAuto(), bytes);
            copy = Arena.ofAuto().allocate(bytes, Double.BYTES);
        }
        device.tables().squaredNormMany(table.sent(), table.rows(), table.blocks(), partials);
        device.checkErrors();
        device.copyOut(partials, copy, 0, bytes);
        return sumOfRows();
    }

    private double sumOfRows() {
        double total = 0;
        long first = 0;
        for (int row = 0; row < table.rows(); row++) {
            long blocks = table.blocksOfRow(row);
            total += Partials.sum(copy, first, blocks);
            first += blocks;
        }
        return total;
    }
}
