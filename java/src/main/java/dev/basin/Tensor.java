package dev.basin;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.Buffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Memory that the caller owns, with the type and shape of what is in it. A tensor copies nothing and frees nothing; make one
 * for each buffer a trainer keeps, and calls through it allocate nothing.
 *
 * <p>All dimensions but the last are rows, all rows are {@link #rowStride()} elements apart, and the elements of a row are
 * contiguous. Immutable, as far as its description goes.
 */
public final class Tensor {
    private final MemorySegment memory;
    private final DataType type;
    private final long[] shape;
    private final long rows;
    private final long columns;
    private final long rowStride;
    /** What must stay reachable for the memory to be there, where the memory itself does not see to that. */
    private final @Nullable Object owner;

    private Tensor(MemorySegment memory, DataType type, long[] shape, long rowStride, @Nullable Object owner) {
        this.memory = memory;
        this.type = type;
        this.shape = shape;
        this.columns = shape.length == 0 ? 1 : shape[shape.length - 1];
        this.rows = leadingSize(shape);
        this.rowStride = rowStride;
        this.owner = owner;
    }

    /** A tensor over memory of any kind: heap, direct, mapped; {@code shape} may be empty for a single element. */
    public static Tensor of(MemorySegment memory, DataType type, long... shape) {
        return of(memory, null, type, shape);
    }

    /** The same over memory that is there for as long as its owner is reachable. */
    static Tensor of(MemorySegment memory, @Nullable Object owner, DataType type, long... shape) {
        Objects.requireNonNull(memory, "memory must not be null");
        Objects.requireNonNull(type, "type must not be null");
        long[] copy = checkedShape(shape);
        return checked(new Tensor(memory, type, copy, copy.length == 0 ? 1 : copy[copy.length - 1], owner));
    }

    /** A vector over an array. */
    public static Tensor of(float[] values) {
        return of(MemorySegment.ofArray(values), DataType.F32, values.length);
    }

    /** A tensor over an array, in row-major order. */
    public static Tensor of(float[] values, long... shape) {
        return of(MemorySegment.ofArray(values), DataType.F32, shape);
    }

    /** A vector of labels or indices over an array. */
    public static Tensor of(int[] values) {
        return of(MemorySegment.ofArray(values), DataType.I32, values.length);
    }

    /** A tensor of doubles over an array; the reference alone takes it. */
    public static Tensor of(double[] values, long... shape) {
        return of(MemorySegment.ofArray(values), DataType.F64, shape);
    }

    /** A tensor over what remains in a buffer, direct or not. */
    public static Tensor of(FloatBuffer buffer, long... shape) {
        return of(nativeOrder(buffer, buffer.order()), DataType.F32, shape);
    }

    /** Labels or indices over what remains in a buffer, direct or not. */
    public static Tensor of(IntBuffer buffer) {
        return of(nativeOrder(buffer, buffer.order()), DataType.I32, buffer.remaining());
    }

    /** A tensor of zeros in memory of an arena. */
    public static Tensor allocate(Arena arena, DataType type, long... shape) {
        long[] copy = checkedShape(shape);
        long bytes = multiply(elements(copy), type.byteSize(), copy);
        return of(arena.allocate(bytes, 64), type, copy);
    }

    /** The same memory with rows further apart than they are wide. */
    public Tensor withRowStride(long stride) {
        if (stride < columns) {
            throw new IllegalArgumentException(
                    "stride must be at least the row's " + columns + " elements, got " + stride);
        }
        return checked(new Tensor(memory, type, shape, stride, owner));
    }

    /** The memory; never {@code MemorySegment.NULL} unless the tensor is empty. */
    public MemorySegment memory() {
        return memory;
    }

    public DataType type() {
        return type;
    }

    /** A copy of the dimensions, outermost first. */
    public long[] shape() {
        return shape.clone();
    }

    /** Whether both have the same dimensions. */
    public boolean hasShapeOf(Tensor other) {
        return Arrays.equals(shape, other.shape);
    }

    /** How many dimensions there are. */
    public int rank() {
        return shape.length;
    }

    /** The product of all dimensions but the last; 1 for a vector. */
    public long rows() {
        return rows;
    }

    /** The last dimension. */
    public long columns() {
        return columns;
    }

    /** Elements from the start of a row to the start of the next. */
    public long rowStride() {
        return rowStride;
    }

    /** How many elements the shape has. */
    public long size() {
        return rows * columns;
    }

    /** Whether rows follow each other without a gap. */
    public boolean isContiguous() {
        return rowStride == columns || rows <= 1;
    }

    /** One element of a floating-point tensor, in row-major order; for looking at results, not for loops. */
    public double get(long index) {
        long offset = offsetOf(index);
        return switch (type) {
            case F32 -> memory.get(ValueLayout.JAVA_FLOAT_UNALIGNED, offset);
            case F64 -> memory.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, offset);
            case BF16 -> BFloat16.toFloat(memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset));
            case F16 -> Float16.toFloat(memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset));
            case I32 -> memory.get(ValueLayout.JAVA_INT_UNALIGNED, offset);
        };
    }

    /** Sets one element in row-major order, rounded once; for tests and small setups, not for loops. */
    public void set(long index, double value) {
        long offset = offsetOf(index);
        switch (type) {
            case F32 -> memory.set(ValueLayout.JAVA_FLOAT_UNALIGNED, offset, (float) value);
            case F64 -> memory.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, offset, value);
            case BF16 -> memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, offset, BFloat16.fromDouble(value));
            case F16 -> memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, offset, Float16.fromDouble(value));
            case I32 -> memory.set(ValueLayout.JAVA_INT_UNALIGNED, offset, (int) value);
        }
    }

    /** Copies the elements of a tensor of the same type and shape. */
    public void copyFrom(Tensor source) {
        if (source.type != type || !Arrays.equals(source.shape, shape)) {
            throw new IllegalArgumentException("source must be " + this + ", got " + source);
        }
        long bytes = columns * type.byteSize();
        for (long row = 0; row < rows; row++) {
            MemorySegment.copy(source.memory, row * source.rowStride * type.byteSize(), memory,
                    row * rowStride * type.byteSize(), bytes);
        }
    }

    @Override
    public String toString() {
        String stride = isContiguous() ? "" : " with row stride " + rowStride;
        return type.label() + Arrays.toString(shape) + stride;
    }

    private long offsetOf(long index) {
        Objects.checkIndex(index, size());
        return rowStride == columns ? index * type.byteSize() : (index / columns * rowStride + index % columns) * type.byteSize();
    }

    private static Tensor checked(Tensor tensor) {
        long span = tensor.size() == 0 ? 0
                : Math.addExact(multiply(tensor.rows - 1, tensor.rowStride, tensor.shape), tensor.columns);
        long needed = multiply(span, tensor.type.byteSize(), tensor.shape);
        if (tensor.memory.byteSize() < needed) {
            throw new IllegalArgumentException(
                    "memory holds " + tensor.memory.byteSize() + " bytes but " + tensor + " needs " + needed);
        }
        return tensor;
    }

    private static long[] checkedShape(long[] shape) {
        long[] copy = shape.clone();
        for (long dimension : copy) {
            if (dimension < 0) {
                throw new IllegalArgumentException("shape must have no negative dimension, got " + Arrays.toString(copy));
            }
        }
        elements(copy);
        return copy;
    }

    private static long elements(long[] shape) {
        long product = 1;
        for (long dimension : shape) {
            product = multiply(product, dimension, shape);
        }
        return product;
    }

    private static long leadingSize(long[] shape) {
        long product = 1;
        for (int i = 0; i < shape.length - 1; i++) {
            product *= shape[i];
        }
        return product;
    }

    private static long multiply(long a, long b, long[] shape) {
        long high = Math.multiplyHigh(a, b);
        if (high != 0 || a * b < 0) {
            throw new IllegalArgumentException("shape " + Arrays.toString(shape) + " has more elements than memory can hold");
        }
        return a * b;
    }

    private static MemorySegment nativeOrder(Buffer buffer, java.nio.ByteOrder order) {
        if (order != java.nio.ByteOrder.nativeOrder()) {
            throw new IllegalArgumentException("buffer must have the native byte order " + java.nio.ByteOrder.nativeOrder()
                    + ", got " + order);
        }
        return MemorySegment.ofBuffer(buffer);
    }
}
