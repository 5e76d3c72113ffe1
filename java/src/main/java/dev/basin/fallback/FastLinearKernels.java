package dev.basin.fallback;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.basin.DataType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Linear classifiers of two classes whose features are f32: a row is copied once, for its margin and its part of the direction. */
final class FastLinearKernels extends ReferenceLinearKernels {
    private static final int F32 = DataType.F32.code();

    @Override
    public void linearPartials(
            int featuresType, MemorySegment features, long featuresStride, MemorySegment labels, int thetaType, MemorySegment theta,
            MemorySegment directions, MemorySegment sums, long blockBegin, long blockEnd, long rows, long columns, int rule) {
        if (featuresType != F32 || thetaType != F32) {
            super.linearPartials(featuresType, features, featuresStride, labels, thetaType, theta, directions, sums,
                    blockBegin, blockEnd, rows, columns, rule);
            return;
        }
        double[] weights = Storage.loadRow(thetaType, theta, 0, (int) columns);
        float[] x = new float[(int) columns];
        double[] direction = new double[(int) columns];
        for (long block = blockBegin; block < blockEnd; block++) {
            Arrays.fill(direction, 0);
            LinearSums own = new LinearSums(rule);
            long last = Math.min(rows, (block + 1) * BLOCK_ROWS);
            for (long row = block * BLOCK_ROWS; row < last; row++) {
                MemorySegment.copy(features, JAVA_FLOAT_UNALIGNED, row * featuresStride * Float.BYTES, x, 0, x.length);
                double label = Storage.loadInt(labels, row);
                double weight = label * own.add(label * product(x, weights), row);
                add(direction, own.before, weight, x);
            }
            MemorySegment.copy(direction, 0, directions, JAVA_DOUBLE_UNALIGNED, block * columns * Double.BYTES, direction.length);
            own.store(sums, block);
        }
    }

    /** In four sums, which need not wait for each other. */
    private static double product(float[] x, double[] weights) {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int i = 0;
        for (; i + 3 < x.length; i += 4) {
            sum0 += x[i] * weights[i];
            sum1 += x[i + 1] * weights[i + 1];
            sum2 += x[i + 2] * weights[i + 2];
            sum3 += x[i + 3] * weights[i + 3];
        }
        for (; i < x.length; i++) {
            sum0 += x[i] * weights[i];
        }
        return (sum0 + sum1) + (sum2 + sum3);
    }

    private static void add(double[] total, double before, double weight, float[] x) {
        if (before != 1) {
            for (int i = 0; i < total.length; i++) {
                total[i] *= before;
            }
        }
        if (weight == 0) {
            return;
        }
        for (int i = 0; i < total.length; i++) {
            total[i] += weight * x[i];
        }
    }
}
