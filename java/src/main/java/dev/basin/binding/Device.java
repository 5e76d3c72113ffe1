package dev.basin.binding;

import dev.basin.kernel.TableKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The memory of a device, and the end of what was asked of it. Segments in it have addresses that the host cannot use. */
public interface Device {
    /** Whether kernels reach this memory without a copy; the addresses of one allocation are all alike. */
    boolean holds(MemorySegment memory);

    /** Memory with anything in it, which is the arena's. */
    MemorySegment allocate(Arena arena, long bytes);

    /** Sets memory to zeros, in the order of the stream. */
    void clear(MemorySegment memory);

    /** Kernels over many tensors in one launch. */
    TableKernels tables();

    /** Copies from host memory of any kind, in the order of the stream. */
    void copyIn(MemorySegment from, long offset, MemorySegment to, long bytes);

    /** Copies to host memory of any kind, and waits until that is done. */
    void copyOut(MemorySegment from, MemorySegment to, long offset, long bytes);

    /** The device's time from the first to the last of what an action asks of it, in nanoseconds; waits until that is done. */
    double nanos(Runnable action);

    /**
     * Passes on what went wrong since it was last asked.
     *
     * @throws dev.basin.BackendException if a kernel could not be launched, or an earlier one failed
     */
    void checkErrors();
}
