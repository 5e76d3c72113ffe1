package dev.basin.dispatch;

import dev.basin.BFloat16;
import dev.basin.DataType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/** A tensor of a {@link RandomCall} with room around it, and the bytes that it had at first. */
record RandomTensor(DataType type, MemorySegment block, MemorySegment segment, byte[] before, long columns, long stride) {
    private static final int MARGIN = 64;
    /** Norm-wise, beyond what rounding at the store allows: f32 arithmetic on numbers of moderate size. */
    private static final double TOLERANCE = 2e-5;
    private static final double FLOOR = 1e-30;

    static RandomTensor of(RandomCall call, TensorShape shape, boolean heap, long seed) {
        DataType type = shape.type(call.numbers);
        long bytes = shape.bytes(call.numbers);
        MemorySegment block = heap ? array(type, bytes + 2 * MARGIN) : Arena.ofAuto().allocate(bytes + 2 * MARGIN, 64);
        SplittableRandom random = new SplittableRandom(seed);
        long elements = block.byteSize() / type.byteSize();
        for (long i = 0; i < elements; i++) {
            set(block, type, i, call.wild && type != DataType.I32 ? Double.NaN : 0.05 + 1.95 * random.nextDouble(), random);
        }
        MemorySegment segment = block.asSlice(MARGIN, bytes);
        if (!shape.argument().labelsBelow().isEmpty()) {
            fillLabels(call, shape, segment, random);
        }
        long columns = shape.dimension(shape.argument().shape().size() - 1, call.numbers);
        return new RandomTensor(
                type, block, segment, block.toArray(ValueLayout.JAVA_BYTE), columns, Math.max(1, shape.stride(call.numbers)));
    }

    private static MemorySegment array(DataType type, long bytes) {
        int elements = (int) (bytes / type.byteSize());
        return switch (type) {
            case F32 -> MemorySegment.ofArray(new float[elements]);
            case BF16, F16 -> MemorySegment.ofArray(new short[elements]);
            case F64 -> MemorySegment.ofArray(new double[elements]);
            case I32 -> MemorySegment.ofArray(new int[elements]);
        };
    }

    /** A number, or for NaN any bits. */
    private static void set(MemorySegment block, DataType type, long index, double value, SplittableRandom random) {
        boolean bits = Double.isNaN(value);
        switch (type) {
            case F32 -> block.setAtIndex(ValueLayout.JAVA_INT_UNALIGNED, index, bits ? random.nextInt() : Float.floatToIntBits((float) value));
            case BF16 -> block.setAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, index,
                    bits ? (short) random.nextInt() : BFloat16.fromDouble(value));
            case F16 -> block.setAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, index,
                    bits ? (short) random.nextInt() : Float.floatToFloat16((float) value));
            case F64 -> block.setAtIndex(ValueLayout.JAVA_LONG_UNALIGNED, index,
                    bits ? random.nextLong() : Double.doubleToLongBits(value));
            case I32 -> block.setAtIndex(ValueLayout.JAVA_INT_UNALIGNED, index, 0);
        }
    }

    private static void fillLabels(RandomCall call, TensorShape shape, MemorySegment labels, SplittableRandom random) {
        long below = shape.labelsBelow(call.numbers);
        for (long i = 0; i < labels.byteSize() / Integer.BYTES; i++) {
            boolean ignored = below == 0 || (random.nextInt(8) == 0 && shape.isIgnored(-100, call.numbers));
            labels.setAtIndex(ValueLayout.JAVA_INT_UNALIGNED, i, ignored ? -100 : (int) random.nextLong(below));
        }
    }

    boolean isUntouched() {
        return block.mismatch(MemorySegment.ofArray(before)) < 0;
    }

    /** What differs from the reference, or is changed outside of the tensor's rows; empty if nothing. */
    String difference(RandomTensor expected, boolean compareValues) {
        long width = type.byteSize();
        long first = MARGIN / width;
        long elements = segment.byteSize() / width;
        double norm = 0;
        for (long i = 0; i < elements; i++) {
            double value = Math.abs(expected.get(first + i));
            norm = value <= Double.MAX_VALUE ? Math.max(norm, value) : norm;
        }
        for (long i = -first; i < elements + first; i++) {
            boolean inside = i >= 0 && i < elements && i % stride < columns;
            if (!inside && !sameBytes((first + i) * width, width)) {
                return "element " + i + ", which is not the tensor's, is changed";
            }
            double got = get(first + i);
            double want = expected.get(first + i);
            double rounding = type == DataType.BF16 ? 0x1p-7 * Math.abs(want) : type == DataType.F16 ? 0x1p-10 * Math.abs(want) : 0;
            double allowed = type == DataType.I32 ? 0 : TOLERANCE * norm + rounding + FLOOR;
            boolean same = Double.isNaN(want) ? Double.isNaN(got) : got == want || Math.abs(got - want) <= allowed;
            if (inside && compareValues && !same) {
                return "element " + i + " is " + got + " instead of " + want + ", the largest " + norm;
            }
        }
        return "";
    }

    private boolean sameBytes(long offset, long width) {
        for (long i = offset; i < offset + width; i++) {
            if (block.get(ValueLayout.JAVA_BYTE, i) != before[(int) i]) {
                return false;
            }
        }
        return true;
    }

    private double get(long index) {
        return switch (type) {
            case F32 -> block.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, index);
            case BF16 -> BFloat16.toFloat(block.getAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, index));
            case F16 -> Float.float16ToFloat(block.getAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, index));
            case F64 -> block.getAtIndex(ValueLayout.JAVA_DOUBLE_UNALIGNED, index);
            case I32 -> block.getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, index);
        };
    }
}
