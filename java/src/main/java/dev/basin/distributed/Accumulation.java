package dev.basin.distributed;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.optim.GlobalNormClip;
import dev.basin.optim.Gradients;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Tensors without gaps that weighted others are added to. */
final class Accumulation {
    private Accumulation() {}

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

    /**
     * The index of the first NaN, or -1: elements are looked at only where the norm, a pass at the speed of memory, is one. Squares are
     * at least 0, so that no sum of infinities is a NaN.
     */
    static long firstNaN(Basin basin, Tensor tensor) {
        return Double.isNaN(GlobalNormClip.norm(basin, Gradients.of(List.of(tensor)))) ? firstNaN(tensor) : -1;
    }

    /** The index of the first NaN of a tensor that has one. */
    static long firstNaN(Tensor tensor) {
        long i = 0;
        while (!Double.isNaN(tensor.get(i))) {
            i++;
        }
        return i;
    }
}
