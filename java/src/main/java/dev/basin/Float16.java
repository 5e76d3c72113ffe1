package dev.basin;

/** IEEE 754 half precision as a storage format. */
public final class Float16 {
    private Float16() {}

    /** Exact. */
    public static float toFloat(short bits) {
        return Float.float16ToFloat(bits);
    }

    /** Rounds to nearest, ties to even; a NaN stays one, and what is too large becomes infinite. */
    public static short fromFloat(float value) {
        return Float.floatToFloat16(value);
    }

    /** Rounds a double once. */
    public static short fromDouble(double value) {
        return fromFloat(BFloat16.roundedToOdd(value));
    }
}
