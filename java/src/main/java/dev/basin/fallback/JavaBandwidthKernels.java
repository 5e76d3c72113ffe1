package dev.basin.fallback;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.basin.kernel.BandwidthKernels;
import java.lang.foreign.MemorySegment;

/** Streams without arithmetic, in plain Java. */
final class JavaBandwidthKernels implements BandwidthKernels {
    @Override
    public void stream(
            MemorySegment update0, MemorySegment update1, MemorySegment update2,
            MemorySegment read0, MemorySegment read1, MemorySegment read2, MemorySegment write0, MemorySegment write1,
            long begin, long end, int nonTemporal) {
        for (long i = begin; i < end; i++) {
            float sum = load(read0, i) + load(read1, i) + load(read2, i);
            update(update0, i, sum);
            update(update1, i, sum);
            update(update2, i, sum);
            store(write0, i, sum);
            store(write1, i, sum);
        }
    }

    private static void update(MemorySegment memory, long i, float sum) {
        store(memory, i, load(memory, i) * 0.5f + sum);
    }

    private static float load(MemorySegment memory, long i) {
        return Storage.isAbsent(memory) ? 0 : memory.getAtIndex(JAVA_FLOAT_UNALIGNED, i);
    }

    private static void store(MemorySegment memory, long i, float value) {
        if (!Storage.isAbsent(memory)) {
            memory.setAtIndex(JAVA_FLOAT_UNALIGNED, i, value);
        }
    }
}
