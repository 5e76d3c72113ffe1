package dev.basin.dispatch;

import dev.basin.Tensor;
import dev.basin.binding.Device;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * A table of tensors in a device's memory, for {@link dev.basin.kernel.TableKernels}. What is set is kept here too, and only what
 * differs is sent, so that a step with the tensors of the one before sends and allocates nothing.
 */
public final class TensorTable {
    private static final int COLUMNS_OF_SIZES = 2;

    private final Device device;
    private final int columns;
    private final long blockElements;
    private long[] sizes = {};
    private long blocks;
    private MemorySegment words = MemorySegment.NULL;
    private MemorySegment table = MemorySegment.NULL;
    private long changedFrom;
    private long changedTo;

    /**
     * @param columns how many types and addresses a row has
     * @param blockElements how many elements of a row a block of its kernels has
     */
    public TensorTable(Device device, int columns, long blockElements) {
        this.device = device;
        this.columns = columns;
        this.blockElements = blockElements;
    }

    /** Gives a row to each of these tensors, for itself and others of its size; new sizes forget what was set. */
    public void layOut(List<Tensor> tensors) {
        if (haveSizes(tensors)) {
            return;
        }
        sizes = tensors.stream().mapToLong(Tensor::size).toArray();
        blocks = 0;
        for (long size : sizes) {
            blocks += blocksOf(size);
        }
        long count = blocks + (long) (COLUMNS_OF_SIZES + columns) * sizes.length;
        words = Arena.ofAuto().allocate(count * Long.BYTES, Long.BYTES);
        table = device.allocate(Arena.ofAuto(), Math.max(1, count) * Long.BYTES);
        changedFrom = 0;
        changedTo = count;
        writeSizes();
    }

    private boolean haveSizes(List<Tensor> tensors) {
        if (tensors.size() != sizes.length) {
            return false;
        }
        for (int i = 0; i < sizes.length; i++) {
            if (tensors.get(i).size() != sizes[i]) {
                return false;
            }
        }
        return true;
    }

    private void writeSizes() {
        long block = 0;
        for (int row = 0; row < sizes.length; row++) {
            words.setAtIndex(ValueLayout.JAVA_LONG, blocks + row, sizes[row]);
            words.setAtIndex(ValueLayout.JAVA_LONG, blocks + sizes.length + row, block);
            for (long end = block + blocksOf(sizes[row]); block < end; block++) {
                words.setAtIndex(ValueLayout.JAVA_LONG, block, row);
            }
        }
    }

    private long blocksOf(long size) {
        return Math.ceilDiv(size, blockElements);
    }

    /** Sets the type of a tensor in a column and its address in the next. */
    public void set(int row, int column, Tensor tensor) {
        set(row, column, tensor.type().code());
        set(row, column + 1, tensor.memory().address());
    }

    /** Sets a type or an address. */
    public void set(int row, int column, long word) {
        long at = blocks + (long) (COLUMNS_OF_SIZES + column) * sizes.length + row;
        if (words.getAtIndex(ValueLayout.JAVA_LONG, at) != word) {
            words.setAtIndex(ValueLayout.JAVA_LONG, at, word);
            changedFrom = changedFrom < changedTo ? Math.min(changedFrom, at) : at;
            changedTo = Math.max(changedTo, at + 1);
        }
    }

    /** The table as the device has it, after what differs has been sent. */
    public MemorySegment sent() {
        if (changedFrom < changedTo) {
            device.tables().tableWrite(
                    table.asSlice(changedFrom * Long.BYTES), words.asSlice(changedFrom * Long.BYTES), changedTo - changedFrom);
            changedFrom = 0;
            changedTo = 0;
        }
        return table;
    }

    public long rows() {
        return sizes.length;
    }

    public long blocks() {
        return blocks;
    }

    /** The number of a row's first block. */
    long firstBlock(int row) {
        return words.getAtIndex(ValueLayout.JAVA_LONG, blocks + sizes.length + row);
    }

    /** How many of the blocks are a row's. */
    long blocksOfRow(int row) {
        return blocksOf(sizes[row]);
    }
}
