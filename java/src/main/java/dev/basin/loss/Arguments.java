package dev.basin.loss;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.dispatch.CommonChecks;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Comparator;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What losses check of the tensors they are given before the seam checks the rest. */
final class Arguments {
    private Arguments() {}

    static void requireGiven(String name, @Nullable Object argument) {
        if (argument == null) {
            throw new IllegalArgumentException(name + " must not be null");
        }
    }

    /** Refuses a tensor of another shape than a matrix of these rows and columns; an absent one passes. */
    static void requireMatrix(String name, @Nullable Tensor tensor, Tensor like) {
        if (tensor != null && (tensor.rows() != like.rows() || tensor.columns() != like.columns())) {
            throw new IllegalArgumentException(
                    name + " must have the shape " + Arrays.toString(like.shape()) + " of logits, got " + tensor);
        }
    }

    /** Refuses a tensor that is not a contiguous vector of this many elements and of this type; an absent one passes. */
    static void requireVector(String name, @Nullable Tensor tensor, long size, boolean integers) {
        if (tensor == null) {
            return;
        }
        if (tensor.size() != size || !tensor.isContiguous()) {
            throw new IllegalArgumentException(
                    name + " must have " + size + " elements without gaps, got " + tensor);
        }
        if ((tensor.type() == DataType.I32) != integers) {
            throw new IllegalArgumentException(
                    name + " must hold " + (integers ? "i32 integers" : "real numbers") + ", got " + tensor);
        }
    }

    /** What losses over rows share of their checks. */
    static void requireBuffers(RowBuffers buffers, long rows) {
        requireGiven("buffers", buffers);
        requireVector("rowWeights", buffers.rowWeights(), rows, false);
        requireVector("gradientFactor", buffers.gradientFactor(), 1, false);
        requireVector("losses", buffers.losses(), rows, false);
        requireVector("lse", buffers.lse(), rows, false);
        requireVector("argmax", buffers.argmax(), rows, true);
        requireSameType("losses", buffers.losses(), "lse", buffers.lse());
        Tensor factor = buffers.gradientFactor();
        if (factor != null && factor.type() != DataType.F32) {
            throw new IllegalArgumentException("gradientFactor must be f32, got " + factor);
        }
    }

    static void requireSameType(String firstName, @Nullable Tensor first, String secondName, @Nullable Tensor second) {
        if (first != null && second != null && first.type() != second.type()) {
            throw new IllegalArgumentException(
                    firstName + " and " + secondName + " must have the same type, got " + first + " and " + second);
        }
    }

    /** Refuses memory that this thread cannot read; the seam checks again, but weights and labels are looked at before. */
    static void requireReadable(String name, @Nullable Tensor tensor) {
        if (tensor != null) {
            CommonChecks.requireReadable(name, tensor);
        }
    }

    /** Refuses what Java cannot look at although it should: all but what is on the basin's device, which kernels look at. */
    static void requireReadable(Basin basin, String name, @Nullable Tensor tensor) {
        if (!isOnDevice(basin, tensor)) {
            requireReadable(name, tensor);
        }
    }

    /** Refuses for a mean what Java cannot count. */
    static void requireCountable(Basin basin, String name, @Nullable Tensor tensor) {
        if (isOnDevice(basin, tensor)) {
            throw new IllegalArgumentException(name + " must be in the memory of the host for a mean without meanDivisor, "
                    + "but it is in a device's");
        }
    }

    static boolean isOnDevice(Basin basin, @Nullable Tensor tensor) {
        return tensor != null && basin.isOnDevice(tensor.memory());
    }

    /** Refuses a weight that is negative or not finite, where Java can look at it. */
    static void requireWeights(Basin basin, String name, @Nullable Tensor weights) {
        if (!isOnDevice(basin, weights)) {
            requireWeights(name, weights);
        }
    }

    /** Refuses a weight that is negative or not finite. */
    static void requireWeights(String name, @Nullable Tensor weights) {
        requireReadable(name, weights);
        for (long i = 0; weights != null && i < weights.size(); i++) {
            double weight = real(weights, i);
            if (!(weight >= 0) || Double.isInfinite(weight)) {
                throw new IllegalArgumentException(
                        name + " must be finite and at least 0, got " + weight + " at index " + i);
            }
        }
    }

    /** What losses with class weights check of them. */
    static void requireClassWeights(Basin basin, @Nullable Tensor classWeights, Tensor logits, RowBuffers buffers) {
        requireVector("classWeights", classWeights, logits.columns(), false);
        requireWeights(basin, "classWeights", classWeights);
        requireSameType("rowWeights", buffers.rowWeights(), "classWeights", classWeights);
    }

    /** Refuses buffers for what a loss does not have. */
    static void requireNoLse(RowBuffers buffers) {
        if (buffers.lse() != null) {
            throw new IllegalArgumentException("lse must be null: this loss has none, got " + buffers.lse());
        }
    }

    static void requireNoArgmax(RowBuffers buffers) {
        if (buffers.argmax() != null) {
            throw new IllegalArgumentException("argmax must be null: this loss does not look for it, got " + buffers.argmax());
        }
    }

    /** Elements of a contiguous vector, in its memory. */
    static Tensor part(Tensor vector, long begin, long count) {
        long bytes = vector.type().byteSize();
        return Tensor.of(vector.memory().asSlice(begin * bytes, count * bytes), vector.type(), count);
    }

    /** An element of a contiguous vector. */
    static double real(Tensor vector, long index) {
        return vector.type() == DataType.F32
                ? vector.memory().get(ValueLayout.JAVA_FLOAT_UNALIGNED, index * Float.BYTES)
                : vector.get(index);
    }

    static int integer(Tensor vector, long index) {
        return vector.memory().get(ValueLayout.JAVA_INT_UNALIGNED, index * Integer.BYTES);
    }

    /** The columns of an array that is a matrix of so many rows. */
    static long columns(String name, int length, int rows) {
        if (rows == 0 ? length != 0 : length % rows != 0 || length == 0) {
            throw new IllegalArgumentException(
                    name + " must have a multiple of the " + rows + " targets as its length, got " + length);
        }
        return rows == 0 ? 1 : length / rows;
    }

    static MemorySegment memory(@Nullable Tensor tensor) {
        return tensor == null ? MemorySegment.NULL : tensor.memory();
    }

    /** The type that crosses the seam for a tensor; that of an absent one does not matter. */
    static int type(@Nullable Tensor tensor, DataType absent) {
        return tensor == null ? absent.code() : tensor.type().code();
    }

    /** The indices of the largest values, the largest first, the lower index first among equals; a NaN is less than any number. */
    static int[] largest(int size, IntToDoubleFunction value, int count) {
        int[] chosen = new int[count];
        double[] values = new double[count];
        int filled = 0;
        for (int i = 0; i < size; i++) {
            double candidate = value.applyAsDouble(i);
            int at = filled;
            while (at > 0 && (values[at - 1] < candidate || Double.isNaN(values[at - 1]) && !Double.isNaN(candidate))) {
                at--;
            }
            if (at < count) {
                int end = Math.min(filled, count - 1);
                System.arraycopy(chosen, at, chosen, at + 1, end - at);
                System.arraycopy(values, at, values, at + 1, end - at);
                chosen[at] = i;
                values[at] = candidate;
                filled = Math.min(filled + 1, count);
            }
        }
        return chosen;
    }

    /** Indices by growing value, the lower index first among equals. */
    static int[] ascending(int size, IntToDoubleFunction value) {
        boolean floats = IntStream.range(0, size).allMatch(i -> isFloat(value.applyAsDouble(i)));
        return floats ? ascendingFloats(size, value) : ascendingDoubles(size, value);
    }

    private static boolean isFloat(double value) {
        return Double.compare((float) value, value) == 0;
    }

    /** By keys of a float's bits, in an order that grows as the float does, above the index. */
    private static int[] ascendingFloats(int size, IntToDoubleFunction value) {
        long[] keys = new long[size];
        for (int i = 0; i < size; i++) {
            int bits = Float.floatToIntBits((float) value.applyAsDouble(i));
            int growing = bits ^ (bits >> 31 & 0x7FFFFFFF);
            keys[i] = (long) growing << 32 | i;
        }
        Arrays.sort(keys);
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            order[i] = (int) keys[i];
        }
        return order;
    }

    private static int[] ascendingDoubles(int size, IntToDoubleFunction value) {
        return IntStream.range(0, size).boxed()
                .sorted(Comparator.comparingDouble(value::applyAsDouble)).mapToInt(Integer::intValue).toArray();
    }
}
