package dev.basin.fallback;

/** Sums over a row of doubles: on the Vector API where it is there, since the JIT compiler keeps a plain sum in its order. */
final class RowSums {
    private RowSums() {}

    static double of(double[] x) {
        if (VectorSupport.isPresent()) {
            return VectorSums.of(x);
        }
        double sum = 0;
        for (double value : x) {
            sum += value;
        }
        return sum;
    }

    /** Of {@code (x - shift)^2}. */
    static double ofSquares(double[] x, double shift) {
        if (VectorSupport.isPresent()) {
            return VectorSums.ofSquares(x, shift);
        }
        double sum = 0;
        for (double value : x) {
            sum += (value - shift) * (value - shift);
        }
        return sum;
    }

    /** Of {@code x y}. */
    static double ofProducts(double[] x, double[] y) {
        if (VectorSupport.isPresent()) {
            return VectorSums.ofProducts(x, y);
        }
        double sum = 0;
        for (int k = 0; k < x.length; k++) {
            sum += x[k] * y[k];
        }
        return sum;
    }
}
