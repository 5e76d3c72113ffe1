package dev.basin.norm;

import dev.basin.DataType;
import dev.basin.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** Rows of tensors as doubles: loaded exactly, rounded once when stored. A vector is one row. */
final class Rows {
    private Rows() {}

    static double[] load(Tensor tensor, long row) {
        double[] values = new double[Math.toIntExact(tensor.columns())];
        load(tensor, row, values);
        return values;
    }

    static void load(Tensor tensor, long row, double[] values) {
        MemorySegment memory = tensor.memory();
        long first = row * tensor.rowStride();
        switch (tensor.type()) {
            case F32 -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = memory.get(ValueLayout.JAVA_FLOAT_UNALIGNED, (first + i) * Float.BYTES);
                }
            }
            case F64 -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = memory.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, (first + i) * Double.BYTES);
                }
            }
            case BF16, F16, I32 -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = tensor.get(row * values.length + i);
                }
            }
        }
    }

    /** Stores as many values as the row has columns. */
    static void store(Tensor tensor, long row, double[] values) {
        MemorySegment memory = tensor.memory();
        long first = row * tensor.rowStride();
        int columns = Math.toIntExact(tensor.columns());
        switch (tensor.type()) {
            case F32 -> {
                for (int i = 0; i < columns; i++) {
                    memory.set(ValueLayout.JAVA_FLOAT_UNALIGNED, (first + i) * Float.BYTES, (float) values[i]);
                }
            }
            case F64 -> {
                for (int i = 0; i < columns; i++) {
                    memory.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, (first + i) * Double.BYTES, values[i]);
                }
            }
            case BF16, F16, I32 -> {
                for (int i = 0; i < columns; i++) {
                    tensor.set(row * columns + i, values[i]);
                }
            }
        }
    }

    /** A tensor of zeros that lives as long as something refers to it. */
    static Tensor zeros(DataType type, long... shape) {
        return Tensor.allocate(Arena.ofAuto(), type, shape);
    }

    static Tensor copyOf(Tensor tensor) {
        Tensor copy = zeros(tensor.type(), tensor.shape());
        copy.copyFrom(tensor);
        return copy;
    }

    static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    static double[] rowMeans(Tensor tensor) {
        double[] means = new double[Math.toIntExact(tensor.rows())];
        for (int row = 0; row < means.length; row++) {
            means[row] = mean(load(tensor, row));
        }
        return means;
    }

    /** The mean over the rows of each column. */
    static double[] columnMeans(Tensor matrix) {
        double[] means = new double[Math.toIntExact(matrix.columns())];
        double[] values = new double[means.length];
        for (long row = 0; row < matrix.rows(); row++) {
            load(matrix, row, values);
            for (int column = 0; column < means.length; column++) {
                means[column] += values[column];
            }
        }
        for (int column = 0; column < means.length; column++) {
            means[column] /= matrix.rows();
        }
        return means;
    }

    static void requirePrecise(String name, @Nullable Tensor tensor) {
        if (tensor != null && tensor.type() != DataType.F32 && tensor.type() != DataType.F64) {
            throw new IllegalArgumentException(name + " must be f32 or f64, got " + tensor
                    + ": converted weights are rounded anew, so convert those that they were rounded from");
        }
    }
}
