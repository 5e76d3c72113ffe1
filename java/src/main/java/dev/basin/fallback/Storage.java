package dev.basin.fallback;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.basin.BFloat16;
import dev.basin.DataType;
import dev.basin.Float16;
import java.lang.foreign.MemorySegment;

/** Elements of any storage type as doubles: loaded exactly, rounded once when stored. */
final class Storage {
    private static final int F32 = DataType.F32.code();
    private static final int BF16 = DataType.BF16.code();
    private static final int F16 = DataType.F16.code();

    private Storage() {}

    static double load(int type, MemorySegment memory, long index) {
        if (type == F32) {
            return memory.get(JAVA_FLOAT_UNALIGNED, index * Float.BYTES);
        } else if (type == BF16) {
            return BFloat16.toFloat(memory.get(JAVA_SHORT_UNALIGNED, index * Short.BYTES));
        } else if (type == F16) {
            return Float16.toFloat(memory.get(JAVA_SHORT_UNALIGNED, index * Short.BYTES));
        }
        return memory.get(JAVA_DOUBLE_UNALIGNED, index * Double.BYTES);
    }

    static void store(int type, MemorySegment memory, long index, double value) {
        if (type == F32) {
            memory.set(JAVA_FLOAT_UNALIGNED, index * Float.BYTES, (float) value);
        } else if (type == BF16) {
            memory.set(JAVA_SHORT_UNALIGNED, index * Short.BYTES, BFloat16.fromDouble(value));
        } else if (type == F16) {
            memory.set(JAVA_SHORT_UNALIGNED, index * Short.BYTES, Float16.fromDouble(value));
        } else {
            memory.set(JAVA_DOUBLE_UNALIGNED, index * Double.BYTES, value);
        }
    }

    /** An element, or a default where the tensor is absent. */
    static double loadOr(double absent, int type, MemorySegment memory, long index) {
        return isAbsent(memory) ? absent : load(type, memory, index);
    }

    /** Stores unless the tensor is absent. */
    static void storeIfPresent(int type, MemorySegment memory, long index, double value) {
        if (!isAbsent(memory)) {
            store(type, memory, index, value);
        }
    }

    static double[] loadRow(int type, MemorySegment memory, long offset, int length) {
        double[] row = new double[length];
        for (int k = 0; k < length; k++) {
            row[k] = load(type, memory, offset + k);
        }
        return row;
    }

    static void storeRowIfPresent(int type, MemorySegment memory, long offset, double[] row) {
        for (int k = 0; k < row.length && !isAbsent(memory); k++) {
            store(type, memory, offset + k, row[k]);
        }
    }

    /** A row into an array; floats come through one that is kept, see {@link FloatBlock}. */
    static void loadRow(int type, MemorySegment memory, long offset, double[] row, float[] floats) {
        if (type == F32) {
            MemorySegment.copy(memory, JAVA_FLOAT_UNALIGNED, offset * Float.BYTES, floats, 0, row.length);
            for (int k = 0; k < row.length; k++) {
                row[k] = floats[k];
            }
            return;
        }
        for (int k = 0; k < row.length; k++) {
            row[k] = load(type, memory, offset + k);
        }
    }

    /** A row out of an array, in the same way. */
    static void storeRow(int type, MemorySegment memory, long offset, double[] row, float[] floats) {
        if (type == F32) {
            for (int k = 0; k < row.length; k++) {
                floats[k] = (float) row[k];
            }
            MemorySegment.copy(floats, 0, memory, JAVA_FLOAT_UNALIGNED, offset * Float.BYTES, row.length);
            return;
        }
        for (int k = 0; k < row.length; k++) {
            store(type, memory, offset + k, row[k]);
        }
    }

    static int loadInt(MemorySegment memory, long index) {
        return memory.get(JAVA_INT_UNALIGNED, index * Integer.BYTES);
    }

    static void storeIntIfPresent(MemorySegment memory, long index, int value) {
        if (!isAbsent(memory)) {
            memory.set(JAVA_INT_UNALIGNED, index * Integer.BYTES, value);
        }
    }

    static boolean isAbsent(MemorySegment memory) {
        return memory.isNative() && memory.address() == 0;
    }
}
