package dev.basin.norm;

import dev.basin.DataType;
import dev.basin.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What norms check of the tensors they are given before the seam checks the rest. */
final class NormArguments {
    private NormArguments() {}

    static void requireGiven(String name, @Nullable Object argument) {
        if (argument == null) {
            throw new IllegalArgumentException(name + " must not be null");
        }
    }

    /** Refuses one that a norm of this kind has not. */
    static void requireAbsent(String name, @Nullable Tensor tensor, String norm) {
        if (tensor != null) {
            throw new IllegalArgumentException(name + " must be absent, since " + norm + " has none, got " + tensor);
        }
    }

    /** Refuses a tensor of another number of rows or columns than {@code like}; an absent one passes. */
    static void requireMatrix(String name, @Nullable Tensor tensor, Tensor like) {
        requireMatrix(name, tensor, like.rows(), like.columns());
    }

    static void requireMatrix(String name, @Nullable Tensor tensor, long rows, long columns) {
        if (tensor != null && (tensor.rows() != rows || tensor.columns() != columns)) {
            throw new IllegalArgumentException(
                    name + " must have " + rows + " rows of " + columns + ", got " + Arrays.toString(tensor.shape()));
        }
    }

    /** Refuses a tensor that is not a contiguous vector of this many real numbers; an absent one passes. */
    static void requireVector(String name, @Nullable Tensor tensor, long size) {
        if (tensor != null && (tensor.size() != size || !tensor.isContiguous())) {
            throw new IllegalArgumentException(name + " must have " + size + " elements without gaps, got " + tensor);
        }
        if (tensor != null && tensor.type() == DataType.I32) {
            throw new IllegalArgumentException(name + " must hold real numbers, got " + tensor);
        }
    }

    static void requireSameType(String firstName, @Nullable Tensor first, String secondName, @Nullable Tensor second) {
        if (first != null && second != null && first.type() != second.type()) {
            throw new IllegalArgumentException(
                    firstName + " and " + secondName + " must have the same type, got " + first + " and " + second);
        }
    }

    /** Refuses two tensors that share memory. */
    static void requireApart(String firstName, @Nullable Tensor first, String secondName, @Nullable Tensor second) {
        if (first != null && second != null && first.memory().asOverlappingSlice(second.memory()).isPresent()) {
            throw new IllegalArgumentException(firstName + " overlaps " + secondName + ", and it must be memory of its own");
        }
    }

    static MemorySegment memory(@Nullable Tensor tensor) {
        return tensor == null ? MemorySegment.NULL : tensor.memory();
    }

    static long stride(@Nullable Tensor tensor) {
        return tensor == null ? 0 : tensor.rowStride();
    }

    /** The type that crosses the seam for the first of two that is there; where neither is it does not matter. */
    static int type(@Nullable Tensor first, @Nullable Tensor second) {
        return first != null ? first.type().code() : second != null ? second.type().code() : DataType.F32.code();
    }

    /** Refuses weights that conversion would round anew. */
    static void requirePrecise(String name, @Nullable Tensor tensor) {
        if (tensor != null && tensor.type() != DataType.F32 && tensor.type() != DataType.F64) {
            throw new IllegalArgumentException(name + " must be f32 or f64, got " + tensor
                    + ": converted weights are rounded anew, so convert those that they were rounded from");
        }
    }
}
