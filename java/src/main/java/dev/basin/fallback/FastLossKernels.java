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
        if (!isInFloat(logitsType, weightsType, lossType, gradType, gradLogits) || classes > Integer.MAX_VALUE) {
            reference.crossEntropyForwardBackward(logitsType, logits, logitsStride, targets, weightsType, rowWeights,
                    classWeights, lossType, losses, lse, argmax, gradType, gradLogits, gradStride, gradFactor, rowBegin, rowEnd,
                    classes, logitScale, labelSmoothing, logZPenalty, gradScale, ignoreIndex);
            return;
        }
        runRows(new FastCrossEntropy(classWeights, (int) classes, logitScale, labelSmoothing, logZPenalty),
                logits, logitsStride, targets, rowWeights, losses, lse, argmax, gradLogits, gradStride, gradFactor,
                rowBegin, rowEnd, (int) classes, logitScale, gradScale, ignoreIndex);
    }

    @Override
    public void focalCrossEntropyForwardBackward(
            int logitsType, MemorySegment logits, long logitsStride, MemorySegment targets,
            int weightsType, MemorySegment rowWeights, MemorySegment classWeights,
            int lossType, MemorySegment losses, MemorySegment lse, MemorySegment argmax,
            int gradType, MemorySegment gradLogits, long gradStride, MemorySegment gradFactor,
            long rowBegin, long rowEnd, long classes, double gamma, double gradScale, int ignoreIndex) {
        if (!isInFloat(logitsType, weightsType, lossType, gradType, gradLogits) || classes > Integer.MAX_VALUE) {
            reference.focalCrossEntropyForwardBackward(logitsType, logits, logitsStride, targets, weightsType, rowWeights,
                    classWeights, lossType, losses, lse, argmax, gradType, gradLogits, gradStride, gradFactor, rowBegin, rowEnd,
                    classes, gamma, gradScale, ignoreIndex);
            return;
        }
        runRows(new FastFocalCrossEntropy(classWeights, gamma), logits, logitsStride, targets, rowWeights, losses, lse, argmax,
                gradLogits, gradStride, gradFactor, rowBegin, rowEnd, (int) classes, 1, gradScale, ignoreIndex);
    }

    @Override
    public void compSumForwardBackward(
            int logitsType, MemorySegment logits, long logitsStride, MemorySegment targets,
            int weightsType, MemorySegment rowWeights,
            int lossType, MemorySegment losses, MemorySegment lse, MemorySegment argmax,
            int gradType, MemorySegment gradLogits, long gradStride, MemorySegment gradFactor,
            long rowBegin, long rowEnd, long classes, double tau, double rho, double gradScale, int ignoreIndex) {
        if (!isInFloat(logitsType, weightsType, lossType, gradType, gradLogits) || classes > Integer.MAX_VALUE) {
            reference.compSumForwardBackward(logitsType, logits, logitsStride, targets, weightsType, rowWeights, lossType,
                    losses, lse, argmax, gradType, gradLogits, gradStride, gradFactor, rowBegin, rowEnd, classes, tau, rho,
                    gradScale, ignoreIndex);
            return;
        }
        runRows(new FastCompSum(tau), logits, logitsStride, targets, rowWeights, losses, lse, argmax, gradLogits, gradStride,
                gradFactor, rowBegin, rowEnd, (int) classes, 1 / rho, gradScale, ignoreIndex);
    }

    private static boolean isInFloat(int logitsType, int weightsType, int lossType, int gradType, MemorySegment gradLogits) {
        return logitsType == F32 && weightsType == F32 && lossType == F32
                && (gradType == F32 || Storage.isAbsent(gradLogits));
    }

    private static void runRows(
            FastRowLoss loss, MemorySegment logits, long logitsStride, MemorySegment targets, MemorySegment rowWeights,
            MemorySegment losses, MemorySegment lse, MemorySegment argmax, MemorySegment gradLogits, long gradStride,
            MemorySegment gradFactor, long rowBegin, long rowEnd, int classes, double logitScale, double gradScale,
            int ignoreIndex) {
        FastSoftmaxRow row = new FastSoftmaxRow(logits, gradLogits, classes, logitScale);
        double factor = gradScale * logitScale * Storage.loadOr(1, F32, gradFactor, 0);
        for (long i = rowBegin; i < rowEnd; i++) {
            long offset = i * logitsStride * Float.BYTES;
            long gradientOffset = i * gradStride * Float.BYTES;
            int target = Storage.loadInt(targets, i);
            if (!Storage.isAbsent(argmax)) {
                Storage.storeIntIfPresent(argmax, i, row.argmax(offset));
            }
            if (target == ignoreIndex) {
                row.measure(offset, gradientOffset, 0);
                row.clearGradient(gradientOffset);
                Storage.storeIfPresent(F32, losses, i, 0);
            } else {
                double weight = Storage.loadOr(1, F32, rowWeights, i);
                double value = loss.run(row, offset, gradientOffset, target, factor * weight);
                Storage.storeIfPresent(F32, losses, i, weight * value);
            }
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

    @Override
    public void smoothAdversarialCompSumForwardBackward(
            int logitsType, MemorySegment logits, long logitsStride, MemorySegment adversarialLogits, long adversarialStride,
            MemorySegment targets, int weightsType, MemorySegment rowWeights,
            int lossType, MemorySegment losses, MemorySegment marginShiftNorms,
            int gradType, MemorySegment gradLogits, long gradStride,
            MemorySegment gradAdversarialLogits, long gradAdversarialStride, MemorySegment gradFactor,
            long rowBegin, long rowEnd, long classes, double tau, double rho, double nu, double gradScale, int ignoreIndex) {
        reference.smoothAdversarialCompSumForwardBackward(logitsType, logits, logitsStride, adversarialLogits,
                adversarialStride, targets, weightsType, rowWeights, lossType, losses, marginShiftNorms, gradType, gradLogits,
                gradStride, gradAdversarialLogits, gradAdversarialStride, gradFactor, rowBegin, rowEnd, classes, tau, rho, nu,
                gradScale, ignoreIndex);
    }
}
