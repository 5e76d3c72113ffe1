package dev.basin.norm;

import dev.basin.DataType;
import dev.basin.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What compositions check of their tensors before they write; absent ones pass. */
final class Operands {
    private Operands() {}

    static void requireMatrix(String name, Tensor tensor) {
        requireReadable(name, tensor);
        if (tensor.rank() < 2 || tensor.type() == DataType.I32) {
            throw new IllegalArgumentException(name + " must be a matrix of real numbers, got " + tensor);
        }
    }

    static void requireShape(String name, @Nullable Tensor tensor, long rows, long columns) {
        if (tensor == null) {
            return;
        }
        requireMatrix(name, tensor);
        if (tensor.rows() != rows || tensor.columns() != columns) {
            throw new IllegalArgumentException(name + " must have the shape [" + rows + ", " + columns + "], got " + tensor);
        }
    }

    static void requireVector(String name, @Nullable Tensor tensor, long size) {
        if (tensor == null) {
            return;
        }
        requireReadable(name, tensor);
        if (!Arrays.equals(tensor.shape(), new long[] {size}) || tensor.type() == DataType.I32) {
            throw new IllegalArgumentException(name + " must be a vector of " + size + " real numbers, got " + tensor);
        }
    }

    /** f64 is computed in double and everything else in f32: the two do not mix. */
    static void requireOneArithmetic(List<Tensor> read, List<Tensor> written) {
        List<DataType> types = Stream.concat(read.stream(), written.stream()).map(Tensor::type).distinct().toList();
        if (types.contains(DataType.F64) && types.size() > 1) {
            throw new IllegalArgumentException("tensors must all be f64 or none of them, got " + types);
        }
    }

    static void requireWritable(String name, @Nullable Tensor written, List<Tensor> others) {
        if (written == null) {
            return;
        }
        if (written.memory().isReadOnly()) {
            throw new IllegalArgumentException(name + " is written to, but it is read-only");
        }
        for (Tensor other : others) {
            if (written.memory().asOverlappingSlice(other.memory()).isPresent()) {
                throw new IllegalArgumentException(name + " must be memory of its own, but it overlaps " + other);
            }
        }
    }

    private static void requireReadable(String name, Tensor tensor) {
        if (!tensor.memory().scope().isAlive()) {
            throw new IllegalArgumentException(name + " must be alive, but its arena is closed");
        }
        if (!tensor.memory().isAccessibleBy(Thread.currentThread())) {
            throw new IllegalArgumentException(
                    name + " must belong to the calling thread or be shared, but its arena belongs to another thread");
        }
    }
}
