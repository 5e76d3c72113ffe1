package dev.basin.dispatch;

import dev.basin.DataType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What kernels leave of each block or row: added up in f64 and in order, so that the sum does not depend on the threads. */
public final class Partials {
    private Partials() {}

    /** The sum of the first so many, which are f32 or f64. */
    public static double sum(DataType type, MemorySegment partials, long count) {
        return type == DataType.F64 ? sum(partials, count) : sumOfFloats(partials, count);
    }

    /** The sum of the first so many, which are f64. */
    public static double sum(MemorySegment partials, long count) {
        return sum(partials, 0, count);
    }

    /** The sum of so many from one on, which are f64. */
    static double sum(MemorySegment partials, long first, long count) {
        double total = 0;
        for (long i = first; i < first + count; i++) {
            total += partials.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, i * Double.BYTES);
        }
        return total;
    }

    private static double sumOfFloats(MemorySegment partials, long count) {
        double total = 0;
        for (long i = 0; i < count; i++) {
            total += partials.get(ValueLayout.JAVA_FLOAT_UNALIGNED, i * Float.BYTES);
        }
        return total;
    }
}
