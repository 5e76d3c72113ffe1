package dev.basin.distributed;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.kernel.OptimizerKernels;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Tensors without gaps that weighted others are added to. */
final class Accumulation {
    private Accumulation() {}

    /** Of what sums over rounds or clients are kept in: f64 for f64, f32 for all else. */
    static DataType typeFor(DataType values) {
        return values == DataType.F64 ? DataType.F64 : DataType.F32;
    }

    /** {@code total = total + weight values}. */
    static void add(Basin basin, Tensor total, Tensor values, double weight) {
        add(basin, total, values, values.type(), MemorySegment.NULL, weight);
    }

    /** {@code total = total + weight (values - base)}. */
    static void addDifference(Basin basin, Tensor total, Tensor values, Tensor base, double weight) {
        add(basin, total, values, base.type(), base.memory(), weight);
    }

    private static void add(Basin basin, Tensor total, Tensor values, DataType baseType, MemorySegment base, double weight) {
        basin.kernels().distributed().accumulateDifference(
                total.type().code(), total.memory(), values.type().code(), values.memory(), baseType.code(), base, 0, total.size(), weight);
    }

    /** The index of the first NaN, or -1: elements are looked at only where the sum of squares, a pass at the speed of memory, is one. */
    static long firstNaN(Basin basin, Tensor tensor) {
        return isSquaredNormNaN(basin, tensor) ? firstNaN(tensor) : -1;
    }

    /** The index of the first NaN of a tensor that has one. */
    static long firstNaN(Tensor tensor) {
        long i = 0;
        while (!Double.isNaN(tensor.get(i))) {
            i++;
        }
        return i;
    }

    /** Squares are at least 0, so that no sum of infinities is a NaN. */
    private static boolean isSquaredNormNaN(Basin basin, Tensor tensor) {
        long blocks = Math.ceilDiv(tensor.size(), OptimizerKernels.SQUARED_NORM_BLOCK);
        MemorySegment partials = basin.scratch().acquire(blocks * DataType.F64.byteSize());
        try {
            basin.kernels().optimizer().squaredNorm(tensor.type().code(), tensor.memory(), partials, 0, blocks, tensor.size());
            double total = 0;
            for (long block = 0; block < blocks; block++) {
                total += partials.get(ValueLayout.JAVA_DOUBLE, block * Double.BYTES);
            }
            return Double.isNaN(total);
        } finally {
            basin.scratch().release(partials);
        }
    }
}
