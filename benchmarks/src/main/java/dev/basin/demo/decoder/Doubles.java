package dev.basin.demo.decoder;

import dev.basin.Tensor;
import java.lang.foreign.ValueLayout;

/** Products of row-major matrices of doubles, and copies of tensors of them. */
final class Doubles {
    private Doubles() {}

    /** A copy of an f64 tensor's numbers. */
    static double[] of(Tensor tensor) {
        return tensor.memory().toArray(ValueLayout.JAVA_DOUBLE_UNALIGNED);
    }

    /** {@code x w'} of x {@code [rows, inputs]} and w {@code [outputs, inputs]}. */
    static double[] timesTransposed(double[] x, double[] w, int inputs) {
        int rows = x.length / inputs;
        int outputs = w.length / inputs;
        double[] y = new double[rows * outputs];
        for (int row = 0; row < rows; row++) {
            for (int output = 0; output < outputs; output++) {
                y[row * outputs + output] = dot(x, row * inputs, w, output * inputs, inputs);
            }
        }
        return y;
    }

    /** {@code y w} of y {@code [rows, outputs]} and w {@code [outputs, inputs]}. */
    static double[] times(double[] y, double[] w, int inputs) {
        int outputs = w.length / inputs;
        int rows = y.length / outputs;
        double[] x = new double[rows * inputs];
        for (int row = 0; row < rows; row++) {
            for (int output = 0; output < outputs; output++) {
                addScaled(y[row * outputs + output], w, output * inputs, x, row * inputs, inputs);
            }
        }
        return x;
    }

    /** {@code y' x} of y {@code [rows, outputs]} and x {@code [rows, inputs]}. */
    static double[] transposedTimes(double[] y, double[] x, int rows) {
        int outputs = y.length / rows;
        int inputs = x.length / rows;
        double[] w = new double[outputs * inputs];
        for (int row = 0; row < rows; row++) {
            for (int output = 0; output < outputs; output++) {
                addScaled(y[row * outputs + output], x, row * inputs, w, output * inputs, inputs);
            }
        }
        return w;
    }

    /** {@code a + b}. */
    static double[] sum(double[] a, double[] b) {
        double[] sum = a.clone();
        addScaled(1, b, 0, sum, 0, b.length);
        return sum;
    }

    /** The sum of the rows of a matrix. */
    static double[] sumOfRows(double[] matrix, int columns) {
        double[] sum = new double[columns];
        for (int offset = 0; offset < matrix.length; offset += columns) {
            addScaled(1, matrix, offset, sum, 0, columns);
        }
        return sum;
    }

    static double dot(double[] a, int aOffset, double[] b, int bOffset, int length) {
        double sum = 0;
        for (int i = 0; i < length; i++) {
            sum += a[aOffset + i] * b[bOffset + i];
        }
        return sum;
    }

    /** Adds {@code factor * a} to b. */
    static void addScaled(double factor, double[] a, int aOffset, double[] b, int bOffset, int length) {
        for (int i = 0; i < length; i++) {
            b[bOffset + i] += factor * a[aOffset + i];
        }
    }
}
