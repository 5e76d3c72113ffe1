package dev.basin.fallback;

import dev.basin.DataType;
import dev.basin.kernel.DistributedKernels;
import java.lang.foreign.MemorySegment;

/** What workers and a server do, in double. */
final class ReferenceDistributedKernels implements DistributedKernels {
    @Override
    public void scaledDifference(
            int valuesType, MemorySegment values, int baseType, MemorySegment base, int differencesType, MemorySegment differences,
            long begin, long end, double scale) {
        for (long i = begin; i < end; i++) {
            Storage.store(differencesType, differences, i,
                    scale * Storage.load(valuesType, values, i) - Storage.load(baseType, base, i));
        }
    }

    @Override
    public void accumulateDifference(
            int totalType, MemorySegment total, int valuesType, MemorySegment values, int baseType, MemorySegment base,
            long begin, long end, double weight) {
        for (long i = begin; i < end; i++) {
            double difference = Storage.load(valuesType, values, i) - Storage.loadOr(0, baseType, base, i);
            Storage.store(totalType, total, i, Storage.load(totalType, total, i) + weight * difference);
        }
    }

    @Override
    public void scaledSign(
            int valuesType, MemorySegment values, int resultsType, MemorySegment results, MemorySegment scale, long begin, long end) {
        double by = Storage.load(DataType.F64.code(), scale, 0);
        for (long i = begin; i < end; i++) {
            Storage.store(resultsType, results, i, by * Math.signum(Storage.load(valuesType, values, i)));
        }
    }

    @Override
    public void scatterAdd(
            int totalType, MemorySegment total, MemorySegment indices, int entriesType, MemorySegment entries,
            long begin, long end, long count, double weight) {
        for (long i = 0; i < count; i++) {
            int at = Storage.loadInt(indices, i);
            if (at >= begin && at < end) {
                Storage.store(totalType, total, at, Storage.load(totalType, total, at) + weight * Storage.load(entriesType, entries, i));
            }
        }
    }

    @Override
    public void projectedAscent(
            int valuesType, MemorySegment values, MemorySegment gradients, MemorySegment origins, long rowBegin, long rowEnd,
            long columns, int norm, double step, double rho, double low, double high) {
        for (long row = rowBegin; row < rowEnd; row++) {
            double[] x = Storage.loadRow(valuesType, values, row * columns, (int) columns);
            double[] g = Storage.loadRow(valuesType, gradients, row * columns, (int) columns);
            double[] origin = Storage.loadRow(valuesType, origins, row * columns, (int) columns);
            if (norm == 0) {
                ascendInBox(x, g, origin, step, rho);
            } else {
                ascendInBall(x, g, origin, step, rho);
            }
            for (int i = 0; i < columns; i++) {
                Storage.store(valuesType, values, row * columns + i, Math.min(high, Math.max(low, x[i])));
            }
        }
    }

    private static void ascendInBox(double[] x, double[] g, double[] origin, double step, double rho) {
        for (int i = 0; i < x.length; i++) {
            double moved = x[i] + step * Math.signum(g[i]);
            x[i] = Math.min(origin[i] + rho, Math.max(origin[i] - rho, moved));
        }
    }

    private static void ascendInBall(double[] x, double[] g, double[] origin, double step, double rho) {
        double norm = norm(g, new double[g.length]);
        for (int i = 0; i < x.length; i++) {
            x[i] += norm == 0 ? 0 : step * (g[i] / norm);
        }
        double distance = norm(x, origin);
        double share = distance > rho ? rho / distance : 1;
        for (int i = 0; i < x.length; i++) {
            x[i] = origin[i] + share * (x[i] - origin[i]);
        }
    }

    private static double norm(double[] one, double[] other) {
        double squares = 0;
        for (int i = 0; i < one.length; i++) {
            squares += (one[i] - other[i]) * (one[i] - other[i]);
        }
        return Math.sqrt(squares);
    }
}
