package dev.basin.dispatch;

import dev.basin.Tensor;
import dev.basin.binding.Device;
import dev.basin.kernel.TableKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Sums over many tensors in a device's memory, in one launch; to the bits of those tensor by tensor. */
public final class TableSums {
    private final Device device;
    private final TensorTable table;
    private MemorySegment partials = MemorySegment.NULL;
    private MemorySegment copy = MemorySegment.NULL;

    /** @param columns of the kernel's table */
    public TableSums(Device device, int columns) {
        this.device = device;
        this.table = new TensorTable(device, columns, TableKernels.SUMMED_BLOCK);
    }

    /** The table, for a kernel that leaves sums of blocks. */
    public TensorTable table() {
        return table;
    }

    /** Where it leaves them. */
    public MemorySegment partials() {
        long bytes = bytes();
        if (partials.byteSize() < bytes) {
            partials = device.allocate(Arena.ofAuto(), bytes);
            copy = Arena.ofAuto().allocate(bytes, Double.BYTES);
        }
        return partials;
    }

    /** Waits for the sums. */
    public void fetch() {
        device.copyOut(partials, copy, 0, bytes());
    }

    /** The sum over a row, once it was fetched. */
    public double sumOfRow(int row) {
        return Partials.sum(copy, table.firstBlock(row), table.blocksOfRow(row));
    }

    /** The sum of squares over tensors, which are f32 or bf16 without gaps. */
    public synchronized double squaredNorm(List<Tensor> tensors) {
        table.layOut(tensors);
        for (int i = 0; i < tensors.size(); i++) {
            table.set(i, 0, tensors.get(i));
        }
        device.tables().squaredNormMany(table.sent(), table.rows(), table.blocks(), partials());
        device.checkErrors();
        fetch();
        double total = 0;
        for (int row = 0; row < tensors.size(); row++) {
            total += sumOfRow(row);
        }
        return total;
    }

    private long bytes() {
        return table.blocks() * Double.BYTES;
    }
}
