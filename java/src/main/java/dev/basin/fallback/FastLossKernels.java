package dev.basin.fallback;

import dev.basin.DataType;
import dev.basin.kernel.LossKernels;
import java.lang.foreign.MemorySegment;

/** Losses in float on the Vector API; other types, and kernels without a faster version, go to the reference. */
final class FastLossKernels implements LossKernels {
    private static final int F32 = DataType.F32.code();

    private final LossKernels reference;

    FastLossKernels(LossKernels reference) {
        this.reference = reference;
    }

    @Override
    public void crossEntropyForwardBackward(
            int logitsType, MemorySegment logits, long logitsStride, MemorySegment targets,
            int weightsType, MemorySegment rowWeights, MemorySegment classWeights,
            int lossType, MemorySegment losses, MemorySegment lse, MemorySegment argmax,
            int gradType, MemorySegment gradLogits, long gradStride, MemorySegment gradFactor,
            long rowBegin, long rowEnd, long classes,
            double logitScale, double labelSmoothing, double logZPenalty, double gradScale, int ignoreIndex) {
        boolean inFloat = logitsType == F32 && weightsType == F32 && lossType == F32
                && (gradType == F32 || Storage.isAbsent(gradLogits));
        if (!inFloat || classes > Integer.MAX_VALUE) {
            reference.crossEntropyForwardBackward(logitsType, logits, logitsStride, targets, weightsType, rowWeights,
                    classWeights, lossType, losses, lse, argmax, gradType, gradLogits, gradStride, gradFactor, rowBegin, rowEnd,
                    classes, logitScale, labelSmoothing, logZPenalty, gradScale, ignoreIndex);
            return;
        }
        FastCrossEntropy row = new FastCrossEntropy(
                logits, gradLogits, classWeights, (int) classes, logitScale, labelSmoothing, logZPenalty);
        double factor = gradScale * logitScale * Storage.loadOr(1, F32, gradFactor, 0);
        for (long i = rowBegin; i < rowEnd; i++) {
            int target = Storage.loadInt(targets, i);
            double weight = Storage.loadOr(1, F32, rowWeights, i);
            if (!Storage.isAbsent(argmax)) {
                Storage.storeIntIfPresent(argmax, i, row.argmax(i * logitsStride * Float.BYTES));
            }
            row.run(i * logitsStride * Float.BYTES, i * gradStride * Float.BYTES, target, target == ignoreIndex, weight,
                    factor * weight);
            Storage.storeIfPresent(F32, losses, i, row.loss());
            Storage.storeIfPresent(F32, lse, i, row.lse());
        }
    }

    @Override
    public void crossEntropyBackward(
            int logitsType, MemorySegment logits, long logitsStride, MemorySegment targets,
            int weightsType, MemorySegment rowWeights, MemorySegment classWeights, int lseType, MemorySegment lse,
            int gradType, MemorySegment gradLogits, long gradStride, MemorySegment gradFactor,
            long rowBegin, long rowEnd, long classes,
            double logitScale, double labelSmoothing, double logZPenalty, double gradScale, int ignoreIndex) {
        reference.crossEntropyBackward(logitsType, logits, logitsStride, targets, weightsType, rowWeights, classWeights,
                lseType, lse, gradType, gradLogits, gradStride, gradFactor, rowBegin, rowEnd, classes, logitScale,
                labelSmoothing, logZPenalty, gradScale, ignoreIndex);
    }

    @Override
    public void softCrossEntropyForwardBackward(
            int logitsType, MemorySegment logits, long logitsStride,
            int targetsType, MemorySegment targetProbabilities, long targetsStride,
            int weightsType, MemorySegment rowWeights,
            int lossType, MemorySegment losses, MemorySegment lse, MemorySegment argmax,
            int gradType, MemorySegment gradLogits, long gradStride, MemorySegment gradFactor,
            long rowBegin, long rowEnd, long classes,
            double logitScale, double labelSmoothing, double logZPenalty, double gradScale) {
        reference.softCrossEntropyForwardBackward(logitsType, logits, logitsStride, targetsType, targetProbabilities,
                targetsStride, weightsType, rowWeights, lossType, losses, lse, argmax, gradType, gradLogits, gradStride,
                gradFactor, rowBegin, rowEnd, classes, logitScale, labelSmoothing, logZPenalty, gradScale);
    }

    @Override
    public void softCrossEntropyBackward(
            int logitsType, MemorySegment logits, long logitsStride,
            int targetsType, MemorySegment targetProbabilities, long targetsStride,
            int weightsType, MemorySegment rowWeights, int lseType, MemorySegment lse,
            int gradType, MemorySegment gradLogits, long gradStride, MemorySegment gradFactor,
            long rowBegin, long rowEnd, long classes,
            double logitScale, double labelSmoothing, double logZPenalty, double gradScale) {
        reference.softCrossEntropyBackward(logitsType, logits, logitsStride, targetsType, targetProbabilities, targetsStride,
                weightsType, rowWeights, lseType, lse, gradType, gradLogits, gradStride, gradFactor, rowBegin, rowEnd, classes,
                logitScale, labelSmoothing, logZPenalty, gradScale);
    }
}
