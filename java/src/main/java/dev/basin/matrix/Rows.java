package dev.basin.matrix;

import dev.basin.BFloat16;
import dev.basin.DataType;
import dev.basin.Float16;
import dev.basin.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Rows of tensors as doubles: loaded exactly, rounded once when stored. A vector is one row. */
public final class Rows {
    private Rows() {}

    public static double[] load(Tensor tensor, long row) {
        double[] values = new double[Math.toIntExact(tensor.columns())];
        load(tensor, row, values);
        return values;
    }

    public static void load(Tensor tensor, long row, double[] values) {
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
            case BF16 -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = BFloat16.toFloat(memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, (first + i) * Short.BYTES));
                }
            }
            case F16 -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = Float16.toFloat(memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, (first + i) * Short.BYTES));
                }
            }
            case I32 -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = memory.get(ValueLayout.JAVA_INT_UNALIGNED, (first + i) * Integer.BYTES);
                }
            }
        }
    }

    /** Stores as many values as the row has columns. */
    public static void store(Tensor tensor, long row, double[] values) {
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
            case BF16 -> {
                for (int i = 0; i < columns; i++) {
                    memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, (first + i) * Short.BYTES, BFloat16.fromDouble(values[i]));
                }
            }
            case F16 -> {
                for (int i = 0; i < columns; i++) {
                    memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, (first + i) * Short.BYTES, Float16.fromDouble(values[i]));
                }
            }
            case I32 -> {
                for (int i = 0; i < columns; i++) {
                    memory.set(ValueLayout.JAVA_INT_UNALIGNED, (first + i) * Integer.BYTES, (int) values[i]);
                }
            }
        }
    }

    /** Every element, in row-major order. */
    public static double[] loadAll(Tensor tensor) {
        double[] all = new double[Math.toIntExact(tensor.size())];
        double[] row = new double[Math.toIntExact(tensor.columns())];
        for (int from = 0; from < all.length; from += row.length) {
            load(tensor, from / row.length, row);
            System.arraycopy(row, 0, all, from, row.length);
        }
        return all;
    }

    /** Stores every element, in row-major order. */
    public static void storeAll(Tensor tensor, double[] all) {
        double[] row = new double[Math.toIntExact(tensor.columns())];
        for (int from = 0; from < all.length; from += row.length) {
            System.arraycopy(all, from, row, 0, row.length);
            store(tensor, from / row.length, row);
        }
    }

    /** A tensor of zeros that lives as long as something refers to it. */
    public static Tensor zeros(DataType type, long... shape) {
        return Tensor.allocate(Arena.ofAuto(), type, shape);
    }

    public static Tensor copyOf(Tensor tensor) {
        Tensor copy = zeros(tensor.type(), tensor.shape());
        copy.copyFrom(tensor);
        return copy;
    }

    public static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    public static double[] rowMeans(Tensor tensor) {
        double[] means = new double[Math.toIntExact(tensor.rows())];
        for (int row = 0; row < means.length; row++) {
            means[row] = mean(load(tensor, row));
        }
        return means;
    }

    /** The mean over the rows of each column. */
    public static double[] columnMeans(Tensor matrix) {
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
}
