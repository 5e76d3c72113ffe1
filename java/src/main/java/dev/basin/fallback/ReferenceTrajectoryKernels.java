package dev.basin.fallback;

import dev.basin.DataType;
import dev.basin.kernel.TrajectoryKernels;
import java.lang.foreign.MemorySegment;

/** Losses against the model's own past, in double. */
final class ReferenceTrajectoryKernels implements TrajectoryKernels {
    private static final int F32 = DataType.F32.code();
    private static final MemorySegment NO_WEIGHTS = MemorySegment.NULL;

    @Override
    public void safLossForwardBackward(
            int logitsType, MemorySegment logits, long logitsStride, int pastType, MemorySegment past, long pastStride,
            MemorySegment pastIndices, MemorySegment targets, int weightsType, MemorySegment rowWeights,
            int lossType, MemorySegment losses, MemorySegment crossEntropies, MemorySegment divergences,
            int gradType, MemorySegment gradLogits, long gradStride, MemorySegment gradFactor,
            long rowBegin, long rowEnd, long classes, long pastRows,
            double lambda, double tau, double labelSmoothing, double gradScale, int ignoreIndex) {
        int count = Math.toIntExact(classes);
        CrossEntropyRow formula = new CrossEntropyRow(weightsType, NO_WEIGHTS, count, labelSmoothing, 0, ignoreIndex);
        double factor = gradScale * Storage.loadOr(1, F32, gradFactor, 0);
        for (long i = rowBegin; i < rowEnd; i++) {
            int target = Storage.loadInt(targets, i);
            double weight = target == ignoreIndex ? 0 : Storage.loadOr(1, weightsType, rowWeights, i);
            double[] now = Storage.loadRow(logitsType, logits, i * logitsStride, count);
            SoftmaxRow row = SoftmaxRow.load(logitsType, logits, i * logitsStride, count, 1);
            DivergenceRow divergence = null;
            if (!Storage.isAbsent(past) && target != ignoreIndex) {
                long from = Storage.isAbsent(pastIndices) ? i : Storage.loadInt(pastIndices, i);
                divergence = DivergenceRow.of(now, Storage.loadRow(pastType, past, from * pastStride, count), tau);
            }
            double crossEntropy = formula.loss(row, target, weight);
            double kl = divergence == null ? 0 : weight * divergence.value();
            Storage.storeIfPresent(lossType, crossEntropies, i, crossEntropy);
            Storage.storeIfPresent(lossType, divergences, i, kl);
            Storage.storeIfPresent(lossType, losses, i, lambda == 0 ? crossEntropy : crossEntropy + lambda * kl);
            double[] gradient = new double[count];
            for (int k = 0; k < count; k++) {
                double complement = k == target ? row.complement(k) : 0;
                gradient[k] = formula.gradient(k, target, row.probability(k), complement, row.lse(), factor * weight);
                if (divergence != null && lambda != 0) {
                    gradient[k] += factor * weight * lambda * divergence.gradient(k);
                }
            }
            Storage.storeRowIfPresent(gradType, gradLogits, i * gradStride, gradient);
        }
    }

    @Override
    public void logitRingWrite(
            int logitsType, MemorySegment logits, long logitsStride, MemorySegment indices,
            int slotType, MemorySegment slot, long slotStride, long classBegin, long classEnd, long rows, long examples) {
        for (long i = 0; i < rows; i++) {
            long to = Storage.loadInt(indices, i) * slotStride;
            for (long k = classBegin; k < classEnd; k++) {
                Storage.store(slotType, slot, to + k, Storage.load(logitsType, logits, i * logitsStride + k));
            }
        }
    }

    @Override
    public void emaUpdate(
            int averageType, MemorySegment average, int weightsType, MemorySegment weights, long begin, long end,
            double decay) {
        for (long i = begin; i < end; i++) {
            double weight = Storage.load(weightsType, weights, i);
            double moved = decay == 0 ? weight : decay * Storage.load(averageType, average, i) + (1 - decay) * weight;
            Storage.store(averageType, average, i, moved);
        }
    }
}
