package dev.basin.trajectory;

import dev.basin.DataType;

/** What a ring holds. Refused: more examples than an i32 can number, and more bytes than a long can count. */
record RingShape(DataType type, long examples, long classes, int lag) {
    RingShape {
        if (type == DataType.I32) {
            throw new IllegalArgumentException("type must be f32, bf16, f16, or f64 for the reference, got " + type.label());
        }
        if (examples < 1 || examples > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "examples must be at least 1 and at most " + Integer.MAX_VALUE + ", got " + examples);
        }
        if (classes < 1) {
            throw new IllegalArgumentException("classes must be at least 1, got " + classes);
        }
        if (lag < 1 || lag == Integer.MAX_VALUE) {
            throw new IllegalArgumentException("lag must be at least 1 and below " + Integer.MAX_VALUE + ", got " + lag);
        }
        requireCountable(type, examples, classes, lag);
    }

    long slotBytes() {
        return examples * classes * type.byteSize();
    }

    long bytes() {
        return slotBytes() * (lag + 1);
    }

    private static void requireCountable(DataType type, long examples, long classes, int lag) {
        try {
            Math.multiplyExact(Math.multiplyExact(Math.multiplyExact(examples, classes), type.byteSize()), lag + 1L);
        } catch (ArithmeticException overflow) {
            throw new IllegalArgumentException("examples, classes and lag must make a ring that memory can hold, got "
                    + examples + ", " + classes + " and " + lag, overflow);
        }
    }
}
