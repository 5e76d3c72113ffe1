package dev.basin.dispatch;

import dev.basin.BFloat16;
import dev.basin.DataType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumMap;
import java.util.Map;

/** Unremarkable numbers of every storage type, to be copied into tensors many times. */
final class SampleValues {
    private static final int LONGEST = 1 << 20;
    private static final Map<DataType, MemorySegment> VALUES = new EnumMap<>(DataType.class);

    private SampleValues() {}

    /** Fills a tensor with positive numbers below 2, or with zeros and ones. */
    static void fill(DataType type, MemorySegment tensor) {
        MemorySegment.copy(VALUES.computeIfAbsent(type, SampleValues::make), 0, tensor, 0, tensor.byteSize());
    }

    private static MemorySegment make(DataType type) {
        MemorySegment values = Arena.global().allocate((long) LONGEST * type.byteSize(), 8);
        for (int i = 0; i < LONGEST; i++) {
            double value = 0.25 + (i * 7 % 13) / 8.0;
            switch (type) {
                case I32 -> values.setAtIndex(ValueLayout.JAVA_INT, i, i % 2);
                case F32 -> values.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) value);
                case BF16 -> values.setAtIndex(ValueLayout.JAVA_SHORT, i, BFloat16.fromDouble(value));
                case F16 -> values.setAtIndex(ValueLayout.JAVA_SHORT, i, Float.floatToFloat16((float) value));
                case F64 -> values.setAtIndex(ValueLayout.JAVA_DOUBLE, i, value);
            }
        }
        return values;
    }
}
