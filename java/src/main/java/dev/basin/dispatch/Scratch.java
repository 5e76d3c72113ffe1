package dev.basin.dispatch;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Off-heap memory for what a public type needs between kernels; blocks are kept, so that steady use allocates nothing. */
public final class Scratch {
    private static final int KEPT_BLOCKS = 8;
    private static final long SMALLEST_BLOCK = 4096;

    private final AtomicReferenceArray<@Nullable MemorySegment> idle = new AtomicReferenceArray<>(KEPT_BLOCKS);

    /** A block of at least so many bytes, with anything in it. */
    public MemorySegment acquire(long bytes) {
        for (int i = 0; i < KEPT_BLOCKS; i++) {
            MemorySegment block = idle.get(i);
            if (block != null && block.byteSize() >= bytes && idle.compareAndSet(i, block, null)) {
                return block;
            }
        }
        long size = Math.max(SMALLEST_BLOCK, Long.highestOneBit(Math.max(1, bytes - 1)) << 1);
        return Arena.ofAuto().allocate(size, 64);
    }

    /** Gives a block back; one too many is left to the garbage collector, the smallest first. */
    public void release(MemorySegment block) {
        for (int i = 0; i < KEPT_BLOCKS; i++) {
            MemorySegment kept = idle.get(i);
            if ((kept == null || kept.byteSize() < block.byteSize()) && idle.compareAndSet(i, kept, block)) {
                return;
            }
        }
    }
}
