package dev.basin.spec;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.basin.Tensor;
import dev.basin.BFloat16;
import dev.basin.Float16;
import java.lang.foreign.MemorySegment;

/** Whole tensors from and to doubles, with the type looked at once a row: cases have millions of elements. */
final class TensorData {
    private TensorData() {}

    /** Writes every element, in row-major order, rounded once. */
    static void write(double[] data, Tensor tensor) {
        int columns = Math.toIntExact(tensor.columns());
        for (int from = 0; from < data.length; from += columns) {
            writeRow(data, from, columns, tensor, rowOffset(tensor, from / columns));
        }
    }

    /** Every element, in row-major order. */
    static double[] read(Tensor tensor) {
        double[] data = new double[Math.toIntExact(tensor.size())];
        int columns = Math.toIntExact(tensor.columns());
        for (int from = 0; from < data.length; from += columns) {
            readRow(data, from, columns, tensor, rowOffset(tensor, from / columns));
        }
        return data;
    }

    private static long rowOffset(Tensor tensor, long row) {
        return row * tensor.rowStride() * tensor.type().byteSize();
    }

    private static void writeRow(double[] data, int from, int columns, Tensor tensor, long offset) {
        MemorySegment memory = tensor.memory();
        switch (tensor.type()) {
            case F32 -> {
                for (int i = 0; i < columns; i++) {
                    memory.set(JAVA_FLOAT_UNALIGNED, offset + 4L * i, (float) data[from + i]);
                }
            }
            case F64 -> {
                for (int i = 0; i < columns; i++) {
                    memory.set(JAVA_DOUBLE_UNALIGNED, offset + 8L * i, data[from + i]);
                }
            }
            case BF16 -> {
                for (int i = 0; i < columns; i++) {
                    memory.set(JAVA_SHORT_UNALIGNED, offset + 2L * i, BFloat16.fromDouble(data[from + i]));
                }
            }
            case F16 -> {
                for (int i = 0; i < columns; i++) {
                    memory.set(JAVA_SHORT_UNALIGNED, offset + 2L * i, Float16.fromDouble(data[from + i]));
                }
            }
            case I32 -> {
                for (int i = 0; i < columns; i++) {
                    memory.set(JAVA_INT_UNALIGNED, offset + 4L * i, (int) data[from + i]);
                }
            }
        }
    }

    private static void readRow(double[] data, int from, int columns, Tensor tensor, long offset) {
        MemorySegment memory = tensor.memory();
        switch (tensor.type()) {
            case F32 -> {
                for (int i = 0; i < columns; i++) {
                    data[from + i] = memory.get(JAVA_FLOAT_UNALIGNED, offset + 4L * i);
                }
            }
            case F64 -> {
                for (int i = 0; i < columns; i++) {
                    data[from + i] = memory.get(JAVA_DOUBLE_UNALIGNED, offset + 8L * i);
                }
            }
            case BF16 -> {
                for (int i = 0; i < columns; i++) {
                    data[from + i] = BFloat16.toFloat(memory.get(JAVA_SHORT_UNALIGNED, offset + 2L * i));
                }
            }
            case F16 -> {
                for (int i = 0; i < columns; i++) {
                    data[from + i] = Float16.toFloat(memory.get(JAVA_SHORT_UNALIGNED, offset + 2L * i));
                }
            }
            case I32 -> {
                for (int i = 0; i < columns; i++) {
                    data[from + i] = memory.get(JAVA_INT_UNALIGNED, offset + 4L * i);
                }
            }
        }
    }
}
