package dev.basin.fallback;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * A part of a tensor of floats at a time, copied into an array. Loops over arrays are compiled the same whatever memory the
 * program used before; loops over segments, once several kinds have passed through them, are compiled again and again on
 * assumptions that fail, and crawl meanwhile.
 */
final class FloatBlock {
    private static final int LONGEST = 512;

    private final MemorySegment memory;
    private final float[] values;

    /** @param elements how many there are in all; sets the size of the array */
    FloatBlock(MemorySegment memory, long elements) {
        this.memory = memory;
        this.values = new float[(int) Math.min(LONGEST, elements)];
    }

    /** How many elements the block that begins here has. */
    static int length(long begin, long end) {
        return (int) Math.min(LONGEST, end - begin);
    }

    /** The array, with these elements in it. */
    float[] load(long begin, int length) {
        MemorySegment.copy(memory, JAVA_FLOAT_UNALIGNED, begin * Float.BYTES, values, 0, length);
        return values;
    }

    /** Writes the array back. */
    void store(long begin, int length) {
        MemorySegment.copy(values, 0, memory, JAVA_FLOAT_UNALIGNED, begin * Float.BYTES, length);
    }
}
