package dev.basin.fallback;


import dev.basin.DataType;
import dev.basin.kernel.TrajectoryKernels;
import java.lang.foreign.MemorySegment;

/** Averages in float on a plain loop, which the JIT compiler vectorises, and rows that need no conversion as copies. */
final class FastTrajectoryKernels implements TrajectoryKernels {
    private static final int F32 = DataType.F32.code();

    private final TrajectoryKernels reference;

    FastTrajectoryKernels(TrajectoryKernels reference) {
        this.reference = reference;
    }

    @Override
    public void safLossForwardBackward(
            int logitsType, MemorySegment logits, long logitsStride, int pastType, MemorySegment past, long pastStride,
            MemorySegment pastIndices, MemorySegment targets, int weightsType, MemorySegment rowWeights,
            int lossType, MemorySegment losses, MemorySegment crossEntropies, MemorySegment divergences,
            int gradType, MemorySegment gradLogits, long gradStride, MemorySegment gradFactor,
            long rowBegin, long rowEnd, long classes, long pastRows,
            double lambda, double tau, double labelSmoothing, double gradScale, int ignoreIndex) {
        reference.safLossForwardBackward(logitsType, logits, logitsStride, pastType, past, pastStride, pastIndices, targets,
                weightsType, rowWeights, lossType, losses, crossEntropies, divergences, gradType, gradLogits, gradStride,
                gradFactor, rowBegin, rowEnd, classes, pastRows, lambda, tau, labelSmoothing, gradScale, ignoreIndex);
    }

    @Override
    public void logitRingWrite(
            int logitsType, MemorySegment logits, long logitsStride, MemorySegment indices,
            int slotType, MemorySegment slot, long slotStride, long classBegin, long classEnd, long rows, long examples) {
        if (logitsType != slotType) {
            reference.logitRingWrite(logitsType, logits, logitsStride, indices, slotType, slot, slotStride, classBegin,
                    classEnd, rows, examples);
            return;
        }
        long size = DataType.ofCode(slotType).byteSize();
        for (long i = 0; i < rows; i++) {
            long to = Storage.loadInt(indices, i) * slotStride + classBegin;
            MemorySegment.copy(logits, (i * logitsStride + classBegin) * size, slot, to * size, (classEnd - classBegin) * size);
        }
    }

    /** As {@code average + (1 - decay) (weight - average)}: an average of constant weights stays at them. */
    @Override
    public void emaUpdate(
            int averageType, MemorySegment average, int weightsType, MemorySegment weights, long begin, long end,
            double decay) {
        if (averageType != F32 || weightsType != F32 || decay == 0) {
            reference.emaUpdate(averageType, average, weightsType, weights, begin, end, decay);
            return;
        }
        float take = (float) (1 - decay);
        FloatBlock averageBlock = new FloatBlock(average, end - begin);
        FloatBlock weightsBlock = new FloatBlock(weights, end - begin);
        for (long at = begin; at < end; ) {
            int length = FloatBlock.length(at, end);
            float[] a = averageBlock.load(at, length);
            float[] w = weightsBlock.load(at, length);
            for (int i = 0; i < length; i++) {
                float finite = Math.min(Math.max(a[i], -Float.MAX_VALUE), Float.MAX_VALUE);
                a[i] += take * (w[i] - finite);
            }
            averageBlock.store(at, length);
            at += length;
        }
    }
}
