package dev.basin.fallback;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/** Sums over a row of doubles on the Vector API, two vectors at a time. The order follows from the length and the machine. */
final class VectorSums {
    private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    private VectorSums() {}

    static double of(double[] x) {
        DoubleVector first = DoubleVector.zero(SPECIES);
        DoubleVector second = first;
        int whole = whole(x.length);
        for (int i = 0; i < whole; i += 2 * LANES) {
            first = first.add(DoubleVector.fromArray(SPECIES, x, i));
            second = second.add(DoubleVector.fromArray(SPECIES, x, i + LANES));
        }
        double total = inOrder(first.add(second));
        for (int i = whole; i < x.length; i++) {
            total += x[i];
        }
        return total;
    }

    static double ofSquares(double[] x, double shift) {
        DoubleVector first = DoubleVector.zero(SPECIES);
        DoubleVector second = first;
        int whole = whole(x.length);
        for (int i = 0; i < whole; i += 2 * LANES) {
            DoubleVector a = DoubleVector.fromArray(SPECIES, x, i).sub(shift);
            DoubleVector b = DoubleVector.fromArray(SPECIES, x, i + LANES).sub(shift);
            first = first.add(a.mul(a));
            second = second.add(b.mul(b));
        }
        double total = inOrder(first.add(second));
        for (int i = whole; i < x.length; i++) {
            total += (x[i] - shift) * (x[i] - shift);
        }
        return total;
    }

    static double ofProducts(double[] x, double[] y) {
        DoubleVector first = DoubleVector.zero(SPECIES);
        DoubleVector second = first;
        int whole = whole(x.length);
        for (int i = 0; i < whole; i += 2 * LANES) {
            first = first.add(DoubleVector.fromArray(SPECIES, x, i).mul(DoubleVector.fromArray(SPECIES, y, i)));
            second = second.add(DoubleVector.fromArray(SPECIES, x, i + LANES).mul(DoubleVector.fromArray(SPECIES, y, i + LANES)));
        }
        double total = inOrder(first.add(second));
        for (int i = whole; i < x.length; i++) {
            total += x[i] * y[i];
        }
        return total;
    }

    private static int whole(int length) {
        return length / (2 * LANES) * (2 * LANES);
    }

    /** The Vector API leaves the order of a reduction open, and compiled code takes another than the interpreter. */
    private static double inOrder(DoubleVector vector) {
        double total = 0;
        for (int lane = 0; lane < LANES; lane++) {
            total += vector.lane(lane);
        }
        return total;
    }
}
