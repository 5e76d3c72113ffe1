package dev.basin.spec;

import dev.basin.DataType;

/**
 * How a case's values lie in memory.
 *
 * @param realType storage of real numbers; fields that do not take {@code BF16} or {@code F16} are {@code F32} then, and some are
 *     {@code BF16} always
 * @param memory where the buffers are
 * @param rowPadding elements between the end of a row and the next row, in matrices
 * @param inPlace whether outputs that may be written over their input are
 */
public record Layout(DataType realType, Memory memory, int rowPadding, boolean inPlace) {
    /** Where buffers are. */
    public enum Memory {
        /** Arrays. */
        HEAP,
        /** Off-heap memory that every thread may touch. */
        SHARED,
        /** Off-heap memory that belongs to the calling thread. */
        CONFINED
    }

    public static Layout of(DataType realType) {
        return new Layout(realType, Memory.SHARED, 0, false);
    }

    public Layout withType(DataType type) {
        return new Layout(type, memory, rowPadding, inPlace);
    }

    public Layout withMemory(Memory other) {
        return new Layout(realType, other, rowPadding, inPlace);
    }

    public Layout withRowPadding(int padding) {
        return new Layout(realType, memory, padding, inPlace);
    }

    public Layout withInPlace(boolean yes) {
        return new Layout(realType, memory, rowPadding, yes);
    }

    /** How an input or output is stored in this layout. */
    DataType typeOf(Field field) {
        if (field.kind() != Kind.REAL) {
            return DataType.I32;
        }
        boolean isHalf = realType == DataType.BF16 || realType == DataType.F16;
        return switch (field.precision()) {
            case SINGLE, EITHER, KEPT -> isHalf && !field.takes(realType) ? DataType.F32 : realType;
            case HALF -> DataType.BF16;
        };
    }
}
