package dev.basin.trajectory;

import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.dispatch.CommonChecks;
import dev.basin.loss.Reduction;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** What this package checks and reads of tensors before the seam checks the rest. */
final class Checks {
    private Checks() {}

    static void requireGiven(String name, @Nullable Object argument) {
        if (argument == null) {
            throw new IllegalArgumentException(name + " must not be null");
        }
    }

    static void requireMatrix(String name, @Nullable Tensor tensor, long rows, long columns) {
        if (tensor != null && (tensor.rows() != rows || tensor.columns() != columns)) {
            throw new IllegalArgumentException(name + " must have the shape [" + rows + ", " + columns + "], got " + tensor);
        }
    }

    static void requireIntegers(String name, Tensor vector, long size) {
        if (vector.type() != DataType.I32 || vector.size() != size || !vector.isContiguous()) {
            throw new IllegalArgumentException(name + " must hold " + size + " i32 integers without gaps, got " + vector);
        }
    }

    static void requireBuffers(TrajectoryBuffers buffers, long rows) {
        requireReals("rowWeights", buffers.rowWeights(), rows);
        requireWeights(buffers.rowWeights());
        requireReals("losses", buffers.losses(), rows);
        requireReals("crossEntropies", buffers.crossEntropies(), rows);
        requireReals("divergences", buffers.divergences(), rows);
        requireSameType("crossEntropies", buffers.crossEntropies(), buffers.losses());
        requireSameType("divergences", buffers.divergences(), buffers.losses());
        requireSameType("divergences", buffers.divergences(), buffers.crossEntropies());
        Tensor factor = buffers.gradientFactor();
        if (factor != null && (factor.type() != DataType.F32 || factor.size() != 1)) {
            throw new IllegalArgumentException("gradientFactor must be one f32 element, got " + factor);
        }
    }

    /** 1 for the sum; for the mean 1 over the weights of the rows that count, or 0 if that is nothing. */
    static double divisorInverse(TrajectoryOptions options, Tensor targets, @Nullable Tensor rowWeights) {
        if (options.reduction() == Reduction.SUM) {
            return 1;
        }
        double divisor = 0;
        for (long i = 0; i < targets.size(); i++) {
            if (targets.memory().get(ValueLayout.JAVA_INT_UNALIGNED, i * Integer.BYTES) != options.ignoreIndex()) {
                divisor += rowWeights == null ? 1 : rowWeights.get(i);
            }
        }
        return divisor == 0 ? 0 : 1 / divisor;
    }

    static MemorySegment memory(@Nullable Tensor tensor) {
        return tensor == null ? MemorySegment.NULL : tensor.memory();
    }

    /** The code that crosses the seam for a tensor; that of an absent one does not matter. */
    static int type(@Nullable Tensor tensor) {
        return tensor == null ? DataType.F32.code() : tensor.type().code();
    }

    private static void requireWeights(@Nullable Tensor weights) {
        if (weights == null) {
            return;
        }
        CommonChecks.requireReadable("rowWeights", weights);
        for (long i = 0; i < weights.size(); i++) {
            double weight = weights.get(i);
            if (!(weight >= 0) || Double.isInfinite(weight)) {
                throw new IllegalArgumentException("rowWeights must be finite and at least 0, got " + weight + " at index " + i);
            }
        }
    }

    private static void requireReals(String name, @Nullable Tensor vector, long size) {
        if (vector != null && (!isReal(vector.type()) || vector.size() != size || !vector.isContiguous())) {
            throw new IllegalArgumentException(name + " must hold " + size + " f32 numbers without gaps, got " + vector);
        }
    }

    private static boolean isReal(DataType type) {
        return type == DataType.F32 || type == DataType.F64;
    }

    private static void requireSameType(String name, @Nullable Tensor tensor, @Nullable Tensor other) {
        if (tensor != null && other != null && tensor.type() != other.type()) {
            throw new IllegalArgumentException(name + " must have the type of the other losses, got " + tensor + " and " + other);
        }
    }
}
