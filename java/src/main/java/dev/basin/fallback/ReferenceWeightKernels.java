package dev.basin.fallback;

import dev.basin.DataType;
import dev.basin.kernel.WeightKernels;
import java.lang.foreign.MemorySegment;

/** Weights that are functions of what is trained, in double. */
final class ReferenceWeightKernels implements WeightKernels {
    private static final int F64 = DataType.F64.code();

    @Override
    public void weightCompander(
            int valuesType, MemorySegment values, int weightsType, MemorySegment weights, MemorySegment a, MemorySegment b,
            long rowBegin, long rowEnd, long columns, int curve) {
        for (long row = rowBegin; row < rowEnd; row++) {
            double scale = Storage.load(F64, a, row);
            double width = Storage.load(F64, b, row);
            for (long i = row * columns; i < (row + 1) * columns; i++) {
                Storage.store(weightsType, weights, i, scale * psi(curve, Storage.load(valuesType, values, i) / width));
            }
        }
    }

    @Override
    public void weightCompanderBackward(
            int valuesType, MemorySegment values, int gradType, MemorySegment gradWeights, MemorySegment gradValues,
            MemorySegment a, MemorySegment b, MemorySegment gradA, MemorySegment gradB,
            long rowBegin, long rowEnd, long columns, int curve) {
        for (long row = rowBegin; row < rowEnd; row++) {
            double scale = Storage.load(F64, a, row);
            double width = Storage.load(F64, b, row);
            double byScale = 0;
            double byWidth = 0;
            for (long i = row * columns; i < (row + 1) * columns; i++) {
                double v = Storage.load(valuesType, values, i);
                double g = Storage.load(gradType, gradWeights, i);
                double gradient = g * scale / width * slope(curve, v / width);
                byScale += g * psi(curve, v / width);
                byWidth -= gradient * v / width;
                Storage.store(gradType, gradValues, i, gradient);
            }
            Storage.store(F64, gradA, row, byScale);
            Storage.store(F64, gradB, row, byWidth);
        }
    }

    @Override
    public void weightCompanderInverse(
            int weightsType, MemorySegment weights, int valuesType, MemorySegment values, MemorySegment a, MemorySegment b,
            long rowBegin, long rowEnd, long columns, int curve) {
        for (long row = rowBegin; row < rowEnd; row++) {
            double scale = Storage.load(F64, a, row);
            double width = Storage.load(F64, b, row);
            for (long i = row * columns; i < (row + 1) * columns; i++) {
                Storage.store(valuesType, values, i, width * inverse(curve, Storage.load(weightsType, weights, i) / scale));
            }
        }
    }

    private static double psi(int curve, double u) {
        return switch (curve) {
            case 1 -> Math.tanh(u);
            case 2 -> Double.isInfinite(u) ? Math.signum(u) : u / (1 + Math.abs(u));
            default -> Math.atan(u);
        };
    }

    private static double slope(int curve, double u) {
        return switch (curve) {
            case 1 -> {
                double e = Math.exp(-2 * Math.abs(u));
                yield 4 * e / ((1 + e) * (1 + e));
            }
            case 2 -> 1 / ((1 + Math.abs(u)) * (1 + Math.abs(u)));
            default -> 1 / (1 + u * u);
        };
    }

    private static double inverse(int curve, double share) {
        double size = Math.abs(share);
        return switch (curve) {
            case 1 -> size < 1 ? (Math.log1p(share) - Math.log1p(-share)) / 2 : Double.NaN;
            case 2 -> size < 1 ? share / (1 - size) : Double.NaN;
            default -> size < Math.PI / 2 ? Math.tan(share) : Double.NaN;
        };
    }
}
