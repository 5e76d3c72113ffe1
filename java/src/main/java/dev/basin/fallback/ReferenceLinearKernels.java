package dev.basin.fallback;

import dev.basin.DataType;
import dev.basin.kernel.LinearKernels;
import java.lang.foreign.MemorySegment;

/** Linear classifiers of two classes, in double. */
final class ReferenceLinearKernels implements LinearKernels {
    private static final int F64 = DataType.F64.code();

    @Override
    public void linearPartials(
            int featuresType, MemorySegment features, long featuresStride, MemorySegment labels, int thetaType, MemorySegment theta,
            MemorySegment directions, MemorySegment sums, long blockBegin, long blockEnd, long rows, long columns, int rule) {
        double[] weights = Storage.loadRow(thetaType, theta, 0, (int) columns);
        for (long block = blockBegin; block < blockEnd; block++) {
            double[] direction = new double[(int) columns];
            double loss = 0;
            double correct = 0;
            double largest = rule == LOGISTIC ? Double.NEGATIVE_INFINITY : -1;
            double total = 0;
            long last = Math.min(rows, (block + 1) * BLOCK_ROWS);
            for (long row = block * BLOCK_ROWS; row < last; row++) {
                double[] x = Storage.loadRow(featuresType, features, row * featuresStride, (int) columns);
                double label = Storage.loadInt(labels, row);
                double margin = label * product(x, weights);
                loss += Logistic.softplus(-margin);
                correct += margin > 0 ? 1 : 0;
                double weight = margin > 0 && rule == MISTAKES ? 0 : 1;
                if (rule == LOGISTIC) {
                    double logWeight = -Logistic.softplus(margin);
                    if (logWeight > largest) {
                        double before = Math.exp(largest - logWeight);
                        total *= before;
                        multiply(direction, before);
                        largest = logWeight;
                    }
                    weight = Math.exp(logWeight - largest);
                } else if (!(margin > 0) && largest < 0) {
                    largest = row;
                }
                total += weight;
                for (int i = 0; i < columns && weight != 0; i++) {
                    direction[i] += weight * label * x[i];
                }
            }
            Storage.storeRowIfPresent(F64, directions, block * columns, direction);
            Storage.storeRowIfPresent(F64, sums, block * 4, new double[] {loss, correct, largest, total});
        }
    }

    private static double product(double[] one, double[] other) {
        double product = 0;
        for (int i = 0; i < one.length; i++) {
            product += one[i] * other[i];
        }
        return product;
    }

    private static void multiply(double[] values, double by) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= by;
        }
    }
}
