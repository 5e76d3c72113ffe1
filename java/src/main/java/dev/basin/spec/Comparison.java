package dev.basin.spec;

import dev.basin.DataType;
import java.util.function.IntToDoubleFunction;

/** One output held against the reference's. */
final class Comparison {
    private final Tolerance tolerance;
    private final DataType type;
    private final double terms;
    private double maxError;
    private String failure = "";

    /**
     * @param type how the output was stored
     * @param terms the size of the terms that it is the sum of, if they may be larger than the sum
     */
    Comparison(Tolerance tolerance, DataType type, double terms) {
        this.tolerance = tolerance;
        this.type = type;
        this.terms = terms;
    }

    /** @param jump how far the reference itself moves at an element when its inputs move by a rounding error */
    void compare(String name, Value expected, Value actual, IntToDoubleFunction jump) {
        if (!java.util.Arrays.equals(expected.shape(), actual.shape())) {
            failure = name + " has the shape " + actual + " instead of " + expected;
            return;
        }
        double norm = Math.max(terms, largestFinite(expected.data()));
        double allowed = expected.kind() == Kind.REAL ? tolerance.relative() * norm + tolerance.floor() : 0;
        for (int i = 0; i < expected.data().length && failure.isEmpty(); i++) {
            compareElement(name, i, expected.data()[i], actual.data()[i], norm, allowed, jump);
        }
    }

    private void compareElement(
            String name, int index, double expected, double actual, double norm, double allowed, IntToDoubleFunction jump) {
        if (Double.isNaN(expected) ? Double.isNaN(actual) : expected == actual) {
            return;
        }
        double error = Math.abs(expected - actual);
        double limit = tolerance.isExact() ? allowed : allowed + halfUlp(expected);
        boolean within = error <= limit || overflowed(expected, actual);
        if (!within && !(error <= 2 * jump.applyAsDouble(index))) {
            failure = String.format("%s[%d] is %s instead of %s: off by %.3g, %.3g allowed", name, index, actual, expected,
                    error, limit);
        } else if (within && norm > 0 && type == DataType.F32 && Double.isFinite(error)) {
            maxError = Math.max(maxError, Math.max(0, error - tolerance.floor()) / norm);
        }
    }

    /** What is beyond the storage type's range is infinite there, with the same sign. */
    private boolean overflowed(double expected, double actual) {
        double largest = type == DataType.F64 ? Double.MAX_VALUE : Float.MAX_VALUE;
        return Double.isInfinite(actual) && Math.abs(expected) >= largest * (1 - 1e-2) && expected * actual > 0;
    }

    double maxError() {
        return maxError;
    }

    /** Empty if all is well. */
    String failure() {
        return failure;
    }

    /** The norm that errors are measured by; 0 where there is nothing finite. */
    static double largestFinite(double[] data) {
        double largest = 0;
        for (double value : data) {
            if (Double.isFinite(value)) {
                largest = Math.max(largest, Math.abs(value));
            }
        }
        return largest;
    }

    /** The distance between neighbours where the output is stored in 16 bits, as far as they are normal numbers. */
    private double halfUlp(double value) {
        boolean isBf16 = type == DataType.BF16;
        if (!isBf16 && type != DataType.F16 || !Double.isFinite(value)) {
            return 0;
        }
        int exponent = Math.max(isBf16 ? -126 : -14, Math.getExponent(value));
        return Math.scalb(isBf16 ? 0x1p-7 : 0x1p-10, exponent);
    }
}
