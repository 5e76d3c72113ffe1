package dev.basin.fallback;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Sweeps over a row of floats on the Vector API. Offsets are in bytes, lengths in elements. */
final class VectorRow {
    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    /** Floats are added up this far before the sum goes on in double. */
    private static final int BLOCK = 1024;

    private VectorRow() {}

    /** The largest logit; NaN if there is one. */
    static float max(MemorySegment row, long offset, int length) {
        FloatVector largest = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        int whole = SPECIES.loopBound(length);
        for (int i = 0; i < whole; i += SPECIES.length()) {
            largest = largest.max(load(row, offset, i));
        }
        float result = largest.reduceLanes(VectorOperators.MAX);
        for (int i = whole; i < length; i++) {
            result = Math.max(result, row.get(JAVA_FLOAT_UNALIGNED, offset + (long) i * Float.BYTES));
        }
        return result;
    }

    /** The sum of {@code exp(scale * (x - max))}; the terms are kept in {@code kept} at the same place unless it is absent. */
    static double exponentials(
            MemorySegment row, long offset, MemorySegment kept, long keptOffset, int begin, int end, float scale, float max) {
        boolean keep = !Storage.isAbsent(kept);
        double total = 0;
        for (int block = begin; block < end; block += BLOCK) {
            total += exponentialsOfBlock(row, offset, kept, keptOffset, block, Math.min(end, block + BLOCK), scale, max, keep);
        }
        return total;
    }

    private static float exponentialsOfBlock(
            MemorySegment row, long offset, MemorySegment kept, long keptOffset, int begin, int end, float scale, float max,
            boolean keep) {
        FloatVector sum = FloatVector.zero(SPECIES);
        for (int i = begin; i < end; i += SPECIES.length()) {
            VectorMask<Float> inside = SPECIES.indexInRange(i, end);
            FloatVector x = FloatVector.fromMemorySegment(SPECIES, row, offset + (long) i * Float.BYTES, ORDER, inside);
            FloatVector e = VectorExponential.of(x.sub(max).mul(scale));
            if (keep) {
                e.intoMemorySegment(kept, keptOffset + (long) i * Float.BYTES, ORDER, inside);
            }
            sum = sum.add(e, inside);
        }
        return sumInOrder(sum);
    }

    /** The Vector API leaves the order of a reduction open, and compiled code takes another than the interpreter. */
    private static float sumInOrder(FloatVector vector) {
        float total = 0;
        for (int lane = 0; lane < SPECIES.length(); lane++) {
            total += vector.lane(lane);
        }
        return total;
    }

    /**
     * {@code x * factor + shift * weights}, in place; absent weights are 1. A factor beyond float multiplies in two parts, since
     * infinity times an exponential of 0 would be NaN.
     */
    static void scale(MemorySegment row, long offset, int length, double factor, float shift, MemorySegment weights) {
        boolean isBeyond = Math.abs(factor) > Float.MAX_VALUE;
        float first = isBeyond ? saturated(Math.sqrt(Math.abs(factor))) : 1;
        float second = isBeyond ? saturated(factor / first) : (float) factor;
        boolean weighted = !Storage.isAbsent(weights);
        for (int i = 0; i < length; i += SPECIES.length()) {
            VectorMask<Float> inside = SPECIES.indexInRange(i, length);
            long at = offset + (long) i * Float.BYTES;
            FloatVector x = FloatVector.fromMemorySegment(SPECIES, row, at, ORDER, inside).mul(first).mul(second);
            if (shift != 0) {
                x = weighted
                        ? x.add(FloatVector.fromMemorySegment(SPECIES, weights, (long) i * Float.BYTES, ORDER, inside).mul(shift))
                        : x.add(shift);
            }
            x.intoMemorySegment(row, at, ORDER, inside);
        }
    }

    private static float saturated(double value) {
        return (float) Math.clamp(value, -Float.MAX_VALUE, Float.MAX_VALUE);
    }

    private static FloatVector load(MemorySegment row, long offset, int index) {
        return FloatVector.fromMemorySegment(SPECIES, row, offset + (long) index * Float.BYTES, ORDER);
    }
}
