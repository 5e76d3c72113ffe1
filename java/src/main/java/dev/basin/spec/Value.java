package dev.basin.spec;

import java.util.Arrays;

/** Numbers with a shape, apart from any storage: what goes into a kernel's evaluation and comes out of it. */
public record Value(Kind kind, long[] shape, double[] data) {
    public Value {
        long size = sizeOf(shape);
        if (size != data.length) {
            throw new IllegalArgumentException(
                    "data has " + data.length + " numbers but shape " + Arrays.toString(shape) + " needs " + size);
        }
    }

    public static Value real(double[] data, long... shape) {
        return new Value(Kind.REAL, shape, data);
    }

    public static Value integer(double[] data, long... shape) {
        return new Value(Kind.INTEGER, shape, data);
    }

    public static Value scalar(double value) {
        return new Value(Kind.REAL, new long[0], new double[] {value});
    }

    static long sizeOf(long[] shape) {
        long size = 1;
        for (long dimension : shape) {
            if (dimension < 0) {
                throw new IllegalArgumentException("shape must have no negative dimension, got " + Arrays.toString(shape));
            }
            size = Math.multiplyExact(size, dimension);
        }
        return size;
    }

    @Override
    public String toString() {
        return kind + Arrays.toString(shape);
    }
}
