package dev.basin.fallback;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The exponential function on vectors of floats, from operations that IEEE 754 defines to the last bit. The Vector API's own
 * gives other bits once it is compiled than before, so that results would depend on when a thread met it.
 *
 * <p>{@code exp(x) = 2^n exp(r)} with {@code n} the integer nearest to {@code x / ln 2}, as in Cephes; at most 2 ulp off for
 * results in f32's normal range, and 0 below.
 */
final class VectorExponential {
    /** Where the result leaves the normal numbers. */
    private static final float LOWEST = -87.33654f;

    private static final float LOG2_E = 1.44269504f;
    private static final float ROUND_TO_INTEGER = 0x1.8p23f;

    /** ln 2 in two parts; the first has few bits, so that its product with n is exact. */
    private static final float LN_2_HIGH = 0.693359375f;

    private static final float LN_2_LOW = -2.12194440e-4f;

    private static final float[] POLYNOMIAL = {
        1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f
    };

    private VectorExponential() {}

    /** For arguments up to 88; a NaN stays one. */
    static FloatVector of(FloatVector x) {
        VectorMask<Float> underflow = x.compare(VectorOperators.LT, LOWEST);
        FloatVector n = x.mul(LOG2_E).add(ROUND_TO_INTEGER).sub(ROUND_TO_INTEGER);
        FloatVector r = x.sub(n.mul(LN_2_HIGH)).sub(n.mul(LN_2_LOW));
        FloatVector p = FloatVector.broadcast(VectorRow.SPECIES, POLYNOMIAL[0]);
        for (int i = 1; i < POLYNOMIAL.length; i++) {
            p = p.mul(r).add(POLYNOMIAL[i]);
        }
        FloatVector exponential = p.mul(r.mul(r)).add(r).add(1);
        IntVector exponent = (IntVector) n.convert(VectorOperators.F2I, 0);
        FloatVector power = exponent.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
        return exponential.mul(power).blend(0f, underflow);
    }
}
