package dev.basin.sharpness;

import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.dispatch.CommonChecks;
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
        CommonChecks.requireReadable(name, tensor);
    }

    /** Refuses what is not a vector of so many numbers that this thread can read. */
    static void requireVector(String name, @Nullable Tensor tensor, long size, boolean integers) {
        requireGiven(name, tensor);
        if (tensor.size() != size || !tensor.isContiguous() || (tensor.type() == DataType.I32) != integers) {
            throw new IllegalArgumentException(name + " must hold " + size + (integers ? " i32 integers" : " real numbers")
                    + " without gaps, got " + tensor);
        }
        CommonChecks.requireReadable(name, tensor);
    }
}
