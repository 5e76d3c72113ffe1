package dev.basin.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.TestBackends;
import dev.basin.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConversionTest {
    private static final int[] LOW_HALVES = {0, 1, 0x7FFF, 0x8000, 0x8001, 0xFFFF};
    private static final int UPPER_HALVES = 1 << 16;

    /** Every upper half of a float, with the lower halves around which rounding turns. */
    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void everyNumberGoesToTheNearestAndFromTheMiddleToTheEvenOne(String backend) {
        float[] values = new float[UPPER_HALVES * LOW_HALVES.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.intBitsToFloat(i / LOW_HALVES.length << 16 | LOW_HALVES[i % LOW_HALVES.length]);
        }
        try (Basin basin = TestBackends.open(backend); Arena arena = Arena.ofConfined()) {
            Tensor source = Tensor.of(arena.allocateFrom(ValueLayout.JAVA_FLOAT, values), DataType.F32, values.length);
            Tensor target = Tensor.allocate(arena, DataType.BF16, values.length);
            Conversion.convert(basin, source, target);
            for (int i = 0; i < values.length; i++) {
                checkRounding(values[i], target.memory().getAtIndex(ValueLayout.JAVA_SHORT, i));
            }
        }
    }

    /** By distances in double, where the number after the largest one is 2^128 and stands for infinity. */
    private static void checkRounding(float value, short rounded) {
        int bits = Float.floatToRawIntBits(value);
        String what = Integer.toHexString(bits) + " becomes " + Integer.toHexString(rounded & 0xFFFF);
        if (Float.isNaN(value)) {
            assertTrue(Float.isNaN(asFloat(rounded)) && (rounded & 0x40) != 0, what);
            return;
        }
        if (Float.isInfinite(value)) {
            assertEquals((short) (bits >>> 16), rounded, what);
            return;
        }
        short toZero = (short) (bits >>> 16);
        short away = (short) (toZero + 1);
        double below = Math.abs(value) - Math.abs((double) asFloat(toZero));
        double above = magnitude(away) - Math.abs(value);
        boolean goesAway = above < below || above == below && (toZero & 1) == 1;
        assertEquals(goesAway ? away : toZero, rounded, what);
    }

    private static double magnitude(short bits) {
        float value = Math.abs(asFloat(bits));
        return Float.isInfinite(value) ? 0x1p128 : value;
    }

    private static float asFloat(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void wideningIsExact(String backend) {
        short[] halves = new short[UPPER_HALVES];
        for (int i = 0; i < halves.length; i++) {
            halves[i] = (short) i;
        }
        float[] widened = new float[halves.length];
        try (Basin basin = TestBackends.open(backend)) {
            Conversion.convert(basin, Tensor.of(MemorySegment.ofArray(halves), DataType.BF16, halves.length), Tensor.of(widened));
        }
        for (int i = 0; i < halves.length; i++) {
            assertEquals(asFloat(halves[i]), widened[i]);
        }
    }

    @Test
    void otherShapesAreRefused() {
        try (Basin basin = TestBackends.open("java")) {
            Tensor source = Tensor.of(new float[6], 2, 3);
            assertThrows(IllegalArgumentException.class, () -> Conversion.convert(basin, source, Tensor.of(new float[6], 3, 2)));
            Tensor gaps = Tensor.of(new float[10], 2, 3).withRowStride(5);
            assertThrows(IllegalArgumentException.class, () -> Conversion.convert(basin, source, gaps));
            assertThrows(IllegalArgumentException.class, () -> Conversion.convert(basin, source, source));
        }
    }
}
