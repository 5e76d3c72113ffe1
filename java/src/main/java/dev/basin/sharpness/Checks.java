package dev.basin.sharpness;

import dev.basin.DataType;
import dev.basin.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What clustering checks of tensors before the seam checks the rest. */
final class Checks {
    private Checks() {}

    static void requireGiven(String name, @Nullable Object argument) {
        if (argument == null) {
            throw new IllegalArgumentException(name + " must not be null");
        }
    }

    /** Refuses what is not a matrix of real numbers that this thread can read. */
    static void requireMatrix(String name, @Nullable Tensor tensor) {
        requireGiven(name, tensor);
        if (tensor.rank() != 2 || tensor.columns() < 1 || tensor.type() == DataType.I32) {
            throw new IllegalArgumentException(name + " must be a matrix of real numbers with columns, got " + tensor);
        }
        requireReadable(name, tensor);
    }

    /** Refuses what is not a vector of so many numbers that this thread can read. */
    static void requireVector(String name, @Nullable Tensor tensor, long size, boolean integers) {
        requireGiven(name, tensor);
        if (tensor.size() != size || !tensor.isContiguous() || (tensor.type() == DataType.I32) != integers) {
            throw new IllegalArgumentException(name + " must hold " + size + (integers ? " i32 integers" : " real numbers")
                    + " without gaps, got " + tensor);
        }
        requireReadable(name, tensor);
    }

    /** Refuses what is read-only, or memory that something else is in. */
    static void requireWritable(String name, Tensor tensor, List<Tensor> others) {
        if (tensor.memory().isReadOnly()) {
            throw new IllegalArgumentException(name + " is written to, but it is read-only");
        }
        for (Tensor other : others) {
            if (tensor.memory().asOverlappingSlice(other.memory()).isPresent()) {
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
