package dev.basin;

/** The upper half of a float as a storage format. */
public final class BFloat16 {
    private BFloat16() {}

    /** Exact. */
    public static float toFloat(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** Rounds to nearest, ties to even; a NaN stays one, and what is too large becomes infinite. */
    public static short fromFloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) ((bits >>> 16) | 0x40);
        }
        return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
    }

    /** Rounds a double once. */
    public static short fromDouble(double value) {
        return fromFloat(roundedToOdd(value));
    }

    /**
     * A float that rounds on to fewer bits as the double does. The nearest float would round twice: a double just off the middle
     * between two neighbours could first fall on it and then to the wrong side, so the float is made odd where it is not exact.
     */
    static float roundedToOdd(double value) {
        float nearest = (float) value;
        if (nearest == value || Float.isNaN(nearest) || Float.isInfinite(nearest)) {
            return nearest;
        }
        float towardZero = Math.abs(nearest) > Math.abs(value) ? Math.copySign(Math.nextDown(Math.abs(nearest)), nearest) : nearest;
        return Float.intBitsToFloat(Float.floatToRawIntBits(towardZero) | 1);
    }
}
