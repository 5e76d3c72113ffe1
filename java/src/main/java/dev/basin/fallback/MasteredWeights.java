package dev.basin.fallback;

import dev.basin.DataType;
import java.lang.foreign.MemorySegment;

/** The weights of an optimizer: in place, or computed in an f32 master of which they are the rounded copy. */
record MasteredWeights(int type, MemorySegment memory, MemorySegment master) {
    private static final int F32 = DataType.F32.code();

    double load(long index) {
        return Storage.isAbsent(master) ? Storage.load(type, memory, index) : Storage.load(F32, master, index);
    }

    void store(long index, double value) {
        if (Storage.isAbsent(master)) {
            Storage.store(type, memory, index, value);
        } else {
            Storage.store(F32, master, index, value);
            Storage.store(type, memory, index, (float) value);
        }
    }
}
