package dev.basin.loss;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.dispatch.Partials;
import java.lang.foreign.MemorySegment;

/** The losses of rows on their way to one number: in the caller's tensor if there is one, else in scratch memory. */
final class RowLosses {
    private RowLosses() {}

    /** The type of losses and lse: the caller's, else f32, or f64 for f64 logits. */
    static DataType type(RowBuffers buffers, Tensor logits) {
        Tensor given = buffers.losses() != null ? buffers.losses() : buffers.lse();
        if (given != null) {
            return given.type();
        }
        return logits.type().computationType();
    }

    static MemorySegment acquire(Basin basin, RowBuffers buffers, long rows) {
        Tensor losses = buffers.losses();
        return losses != null ? losses.memory() : basin.scratch().acquire(rows * Double.BYTES);
    }

    static void release(Basin basin, RowBuffers buffers, MemorySegment losses) {
        if (buffers.losses() == null) {
            basin.scratch().release(losses);
        }
    }

    /** In double, in the order of the rows; losses may be the caller's on a device. */
    static double sum(Basin basin, DataType type, MemorySegment losses, long rows) {
        if (!basin.isOnDevice(losses)) {
            return Partials.sum(type, losses, rows);
        }
        MemorySegment copy = basin.scratch().acquire(rows * Double.BYTES);
        try {
            basin.copyToHost(losses, copy, rows * type.byteSize());
            return Partials.sum(type, copy, rows);
        } finally {
            basin.scratch().release(copy);
        }
    }
}
