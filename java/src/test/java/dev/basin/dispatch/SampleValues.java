package dev.basin.dispatch;

import dev.basin.BFloat16;
import dev.basin.DataType;
import dev.basin.kernel.KernelArgument.TensorArgument;
import dev.basin.kernel.KernelDeclaration;
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
        MemorySegment values = VALUES.computeIfAbsent(type, SampleValues::make);
        for (long done = 0; done < tensor.byteSize(); done += values.byteSize()) {
            MemorySegment.copy(values, 0, tensor, done, Math.min(values.byteSize(), tensor.byteSize() - done));
        }
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

    /** Makes tables large enough: with a row that can be named, and one for each row of the range where none are named. */
    static void growTables(KernelDeclaration declaration, Call call) {
        for (TensorArgument tensor : declaration.arguments(TensorArgument.class)) {
            if (!tensor.labelsBelow().isEmpty()) {
                atLeast(declaration, call, tensor.labelsBelow(), 1);
            }
            boolean hasRowOfRange = !tensor.rowsFrom().isEmpty()
                    && ((TensorArgument) declaration.argument(tensor.rowsFrom())).shape().getFirst()
                            .equals(declaration.end().dimension());
            if (hasRowOfRange) {
                atLeast(declaration, call, tensor.shape().getFirst(), call.integers[declaration.end().slot()]);
            }
        }
    }

    private static void atLeast(KernelDeclaration declaration, Call call, String dimension, long least) {
        if (!dimension.equals(declaration.end().dimension())) {
            int slot = declaration.argument(dimension).slot();
            call.integers[slot] = Math.max(call.integers[slot], least);
        }
    }
}
