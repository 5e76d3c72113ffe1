package dev.basin.fallback;

import dev.basin.DataType;
import dev.basin.kernel.LinearKernels;
import java.lang.foreign.MemorySegment;

/** Linear classifiers of two classes, in double. */
class ReferenceLinearKernels implements LinearKernels {
    private static final int F64 = DataType.F64.code();

    @Override
    public void linearPartials(
            int featuresType, MemorySegment features, long featuresStride, MemorySegment labels, int thetaType, MemorySegment theta,
            MemorySegment directions, MemorySegment sums, long blockBegin, long blockEnd, long rows, long columns, int rule) {
        double[] weights = Storage.loadRow(thetaType, theta, 0, (int) columns);
        for (long block = blockBegin; block < blockEnd; block++) {
            double[] direction = new double[(int) columns];
            LinearSums own = new LinearSums(rule);
            long last = Math.min(rows, (block + 1) * BLOCK_ROWS);
            for (long row = block * BLOCK_ROWS; row < last; row++) {
                double[] x = Storage.loadRow(featuresType, features, row * featuresStride, (int) columns);
                double label = Storage.loadInt(labels, row);
                double weight = own.add(label * product(x, weights), row);
                for (int i = 0; i < columns; i++) {
                    direction[i] = own.before * direction[i] + (weight == 0 ? 0 : weight * label * x[i]);
                }
            }
            Storage.storeRowIfPresent(F64, directions, block * columns, direction);
            own.store(sums, block);
        }
    }

    private static double product(double[] one, double[] other) {
        double product = 0;
        for (int i = 0; i < one.length; i++) {
            product += one[i] * other[i];
        }
        return product;
    }
}
