package dev.basin.linear;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.kernel.LinearKernels;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One reading of all examples: the sums of blocks of rows, added up in their order.
 *
 * @param loss the sum of {@code log(1 + e^-m)}
 * @param correct how many margins are above 0
 * @param largest the largest logarithm of a weight, or the first row whose margin is not above 0, or -1
 * @param weights the sum of the weights, over {@code e^largest}
 * @param direction the sum of weight times label times features, over the same
 */
record LinearPass(double loss, long correct, double largest, double weights, double[] direction) {
    private static final int SUMS = 4;

    static LinearPass over(Basin basin, Tensor features, Tensor labels, Tensor theta, int rule) {
        requireFit(features, labels, theta);
        long rows = features.rows();
        int columns = Math.toIntExact(features.columns());
        int blocks = Math.toIntExact(Math.ceilDiv(rows, LinearKernels.BLOCK_ROWS));
        long directionBytes = (long) blocks * columns * Double.BYTES;
        long sumBytes = (long) blocks * SUMS * Double.BYTES;
        MemorySegment room = basin.scratch().acquire(directionBytes + sumBytes + rows * Integer.BYTES);
        try {
            MemorySegment directions = room.asSlice(0, directionBytes);
            MemorySegment sums = room.asSlice(directionBytes, sumBytes);
            MemorySegment signs = room.asSlice(directionBytes + sumBytes, rows * Integer.BYTES);
            copyLabels(labels, signs);
            basin.kernels().linear().linearPartials(
                    features.type().code(), features.memory(), features.rowStride(), signs, theta.type().code(), theta.memory(),
                    directions, sums, 0, blocks, rows, columns, rule);
            return rule == LinearKernels.LOGISTIC ? logistic(directions, sums, blocks, columns) : mistakes(directions, sums, blocks, columns);
        } finally {
            basin.scratch().release(room);
        }
    }

    private static void requireFit(Tensor features, Tensor labels, Tensor theta) {
        if (features.rows() == 0 || features.columns() == 0) {
            throw new IllegalArgumentException("features must have rows and columns, got " + features);
        }
        if (labels.size() != features.rows() || theta.size() != features.columns() || !labels.isContiguous() || !theta.isContiguous()) {
            throw new IllegalArgumentException("labels must be one for each row of features and theta a number for each column, got "
                    + features + ", " + labels + " and " + theta);
        }
        DataType wanted = features.type().computationType();
        if (theta.type() != wanted || theta.memory().isReadOnly()) {
            throw new IllegalArgumentException("theta must be " + wanted.label() + " and writable, got " + theta);
        }
    }

    private static void copyLabels(Tensor labels, MemorySegment signs) {
        for (long row = 0; row < labels.size(); row++) {
            double label = labels.get(row);
            if (label != 1 && label != -1) {
                throw new IllegalArgumentException("labels must be -1 or 1, got " + label + " in row " + row);
            }
            signs.setAtIndex(ValueLayout.JAVA_INT, row, (int) label);
        }
    }

    private static double at(MemorySegment values, long index) {
        return values.getAtIndex(ValueLayout.JAVA_DOUBLE, index);
    }

    private static LinearPass logistic(MemorySegment directions, MemorySegment sums, int blocks, int columns) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int block = 0; block < blocks; block++) {
            largest = Math.max(largest, at(sums, block * SUMS + 2));
        }
        double loss = 0;
        double correct = 0;
        double weights = 0;
        double[] direction = new double[columns];
        for (int block = 0; block < blocks; block++) {
            double by = Math.exp(at(sums, block * SUMS + 2) - largest);
            loss += at(sums, block * SUMS);
            correct += at(sums, block * SUMS + 1);
            weights += by * at(sums, block * SUMS + 3);
            add(direction, by, directions, block);
        }
        return new LinearPass(loss, (long) correct, largest, weights, direction);
    }

    private static LinearPass mistakes(MemorySegment directions, MemorySegment sums, int blocks, int columns) {
        double loss = 0;
        double correct = 0;
        double weights = 0;
        double first = -1;
        double[] direction = new double[columns];
        for (int block = 0; block < blocks; block++) {
            loss += at(sums, block * SUMS);
            correct += at(sums, block * SUMS + 1);
            weights += at(sums, block * SUMS + 3);
            first = first < 0 ? at(sums, block * SUMS + 2) : first;
            add(direction, 1, directions, block);
        }
        return new LinearPass(loss, (long) correct, first, weights, direction);
    }

    private static void add(double[] total, double by, MemorySegment directions, int block) {
        for (int i = 0; i < total.length; i++) {
            total[i] += by * at(directions, (long) block * total.length + i);
        }
    }

    /** {@code theta + by direction}. */
    void move(Tensor theta, double by) {
        for (int i = 0; i < direction.length; i++) {
            theta.set(i, theta.get(i) + by * direction[i]);
        }
    }
}
