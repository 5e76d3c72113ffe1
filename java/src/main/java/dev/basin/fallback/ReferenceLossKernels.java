package dev.basin.fallback;

import dev.basin.DataType;
import dev.basin.kernel.LossKernels;
import java.lang.foreign.MemorySegment;

/** Losses as their definitions read, in double. */
final class ReferenceLossKernels implements LossKernels {
    private static final int F32 = DataType.F32.code();

    @Override
    public void crossEntropyForwardBackward(
            int logitsType, MemorySegment logits, long logitsStride, MemorySegment targets,
            int weightsType, MemorySegment rowWeights, MemorySegment classWeights,
            int lossType, MemorySegment losses, MemorySegment lse, MemorySegment argmax,
            int gradType, MemorySegment gradLogits, long gradStride, MemorySegment gradFactor,
            long rowBegin, long rowEnd, long classes,
            double logitScale, double labelSmoothing, double logZPenalty, double gradScale, int ignoreIndex) {
        CrossEntropyRow formula = new CrossEntropyRow(
                weightsType, classWeights, Math.toIntExact(classes), labelSmoothing, logZPenalty, ignoreIndex);
        double factor = gradScale * logitScale * Storage.loadOr(1, F32, gradFactor, 0);
        for (long i = rowBegin; i < rowEnd; i++) {
            SoftmaxRow row = SoftmaxRow.load(logitsType, logits, i * logitsStride, (int) classes, logitScale);
            int target = Storage.loadInt(targets, i);
            double weight = Storage.loadOr(1, weightsType, rowWeights, i);
            Storage.storeIfPresent(lossType, losses, i, formula.loss(row, target, weight));
            Storage.storeIfPresent(lossType, lse, i, row.lse());
            Storage.storeIntIfPresent(argmax, i, row.argmax());
            if (!Storage.isAbsent(gradLogits)) {
                for (int k = 0; k < classes; k++) {
                    double gradient = formula.gradient(
                            k, target, row.probability(k), k == target ? row.complement(k) : 0, row.lse(), factor * weight);
                    Storage.store(gradType, gradLogits, i * gradStride + k, gradient);
                }
            }
        }
    }

    @Override
    public void crossEntropyBackward(
            int logitsType, MemorySegment logits, long logitsStride, MemorySegment targets,
            int weightsType, MemorySegment rowWeights, MemorySegment classWeights, int lseType, MemorySegment lse,
            int gradType, MemorySegment gradLogits, long gradStride, MemorySegment gradFactor,
            long rowBegin, long rowEnd, long classes,
            double logitScale, double labelSmoothing, double logZPenalty, double gradScale, int ignoreIndex) {
        CrossEntropyRow formula = new CrossEntropyRow(
                weightsType, classWeights, Math.toIntExact(classes), labelSmoothing, logZPenalty, ignoreIndex);
        double factor = gradScale * logitScale * Storage.loadOr(1, F32, gradFactor, 0);
        for (long i = rowBegin; i < rowEnd; i++) {
            int target = Storage.loadInt(targets, i);
            double rowLse = Storage.load(lseType, lse, i);
            double weight = factor * Storage.loadOr(1, weightsType, rowWeights, i);
            for (int k = 0; k < classes; k++) {
                double logProbability = logitScale * Storage.load(logitsType, logits, i * logitsStride + k) - rowLse;
                double gradient = formula.gradient(
                        k, target, Math.exp(logProbability), -Math.expm1(logProbability), rowLse, weight);
                Storage.store(gradType, gradLogits, i * gradStride + k, gradient);
            }
        }
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
        double factor = gradScale * logitScale * Storage.loadOr(1, F32, gradFactor, 0);
        for (long i = rowBegin; i < rowEnd; i++) {
            SoftmaxRow row = SoftmaxRow.load(logitsType, logits, i * logitsStride, (int) classes, logitScale);
            double[] targets = smoothed(targetsType, targetProbabilities, i * targetsStride, (int) classes, labelSmoothing);
            double weight = Storage.loadOr(1, weightsType, rowWeights, i);
            double total = logZPenalty * row.lse() * row.lse();
            for (int k = 0; k < classes; k++) {
                total += targets[k] == 0 ? 0 * row.lse() : targets[k] * (row.lse() - row.logit(k));
            }
            Storage.storeIfPresent(lossType, losses, i, weight * total);
            Storage.storeIfPresent(lossType, lse, i, row.lse());
            Storage.storeIntIfPresent(argmax, i, row.argmax());
            if (!Storage.isAbsent(gradLogits)) {
                double pull = sum(targets) + 2 * logZPenalty * row.lse();
                for (int k = 0; k < classes; k++) {
                    double gradient = factor * weight * (row.probability(k) * pull - targets[k]);
                    Storage.store(gradType, gradLogits, i * gradStride + k, gradient);
                }
            }
        }
    }

    @Override
    public void softCrossEntropyBackward(
            int logitsType, MemorySegment logits, long logitsStride,
            int targetsType, MemorySegment targetProbabilities, long targetsStride,
            int weightsType, MemorySegment rowWeights, int lseType, MemorySegment lse,
            int gradType, MemorySegment gradLogits, long gradStride, MemorySegment gradFactor,
            long rowBegin, long rowEnd, long classes,
            double logitScale, double labelSmoothing, double logZPenalty, double gradScale) {
        double factor = gradScale * logitScale * Storage.loadOr(1, F32, gradFactor, 0);
        for (long i = rowBegin; i < rowEnd; i++) {
            double[] targets = smoothed(targetsType, targetProbabilities, i * targetsStride, (int) classes, labelSmoothing);
            double rowLse = Storage.load(lseType, lse, i);
            double pull = sum(targets) + 2 * logZPenalty * rowLse;
            double weight = factor * Storage.loadOr(1, weightsType, rowWeights, i);
            for (int k = 0; k < classes; k++) {
                double logit = logitScale * Storage.load(logitsType, logits, i * logitsStride + k);
                double gradient = weight * (Math.exp(logit - rowLse) * pull - targets[k]);
                Storage.store(gradType, gradLogits, i * gradStride + k, gradient);
            }
        }
    }

    @Override
    public void focalCrossEntropyForwardBackward(
            int logitsType, MemorySegment logits, long logitsStride, MemorySegment targets,
            int weightsType, MemorySegment rowWeights, MemorySegment classWeights,
            int lossType, MemorySegment losses, MemorySegment lse, MemorySegment argmax,
            int gradType, MemorySegment gradLogits, long gradStride, MemorySegment gradFactor,
            long rowBegin, long rowEnd, long classes, double gamma, double gradScale, int ignoreIndex) {
        double factor = gradScale * Storage.loadOr(1, F32, gradFactor, 0);
        for (long i = rowBegin; i < rowEnd; i++) {
            SoftmaxRow row = SoftmaxRow.load(logitsType, logits, i * logitsStride, Math.toIntExact(classes), 1);
            int target = Storage.loadInt(targets, i);
            boolean counts = target != ignoreIndex;
            double weight = Storage.loadOr(1, weightsType, rowWeights, i);
            double alpha = counts ? Storage.loadOr(1, weightsType, classWeights, target) : 0;
            Storage.storeIfPresent(lossType, losses, i, counts ? weight * FocalRow.loss(row, target, alpha, gamma) : 0);
            Storage.storeIfPresent(lossType, lse, i, row.lse());
            Storage.storeIntIfPresent(argmax, i, row.argmax());
            double coefficient = counts ? factor * weight * FocalRow.coefficient(row, target, alpha, gamma) : 0;
            for (int k = 0; k < classes && !Storage.isAbsent(gradLogits); k++) {
                double direction = k == target ? -row.complement(k) : row.probability(k);
                Storage.store(gradType, gradLogits, i * gradStride + k, counts ? coefficient * direction : 0);
            }
        }
    }

    @Override
    public void compSumForwardBackward(
            int logitsType, MemorySegment logits, long logitsStride, MemorySegment targets,
            int weightsType, MemorySegment rowWeights,
            int lossType, MemorySegment losses, MemorySegment lse, MemorySegment argmax,
            int gradType, MemorySegment gradLogits, long gradStride, MemorySegment gradFactor,
            long rowBegin, long rowEnd, long classes, double tau, double rho, double gradScale, int ignoreIndex) {
        double factor = gradScale * Storage.loadOr(1, F32, gradFactor, 0);
        for (long i = rowBegin; i < rowEnd; i++) {
            SoftmaxRow row = SoftmaxRow.load(logitsType, logits, i * logitsStride, Math.toIntExact(classes), 1 / rho);
            int target = Storage.loadInt(targets, i);
            double weight = target == ignoreIndex ? 0 : Storage.loadOr(1, weightsType, rowWeights, i);
            CompSumRow loss = target == ignoreIndex ? null : new CompSumRow(row, target, tau, rho);
            Storage.storeIfPresent(lossType, losses, i, loss == null ? 0 : weight * loss.loss());
            Storage.storeIfPresent(lossType, lse, i, row.lse());
            Storage.storeIntIfPresent(argmax, i, row.argmax());
            for (int k = 0; k < classes && !Storage.isAbsent(gradLogits); k++) {
                double gradient = loss == null ? 0 : factor * weight * loss.gradient(k);
                Storage.store(gradType, gradLogits, i * gradStride + k, gradient);
            }
        }
    }

    @Override
    public void smoothAdversarialCompSumForwardBackward(
            int logitsType, MemorySegment logits, long logitsStride, MemorySegment adversarialLogits, long adversarialStride,
            MemorySegment targets, int weightsType, MemorySegment rowWeights,
            int lossType, MemorySegment losses, MemorySegment marginShiftNorms,
            int gradType, MemorySegment gradLogits, long gradStride,
            MemorySegment gradAdversarialLogits, long gradAdversarialStride, MemorySegment gradFactor,
            long rowBegin, long rowEnd, long classes, double tau, double rho, double nu, double gradScale, int ignoreIndex) {
        int count = Math.toIntExact(classes);
        double factor = gradScale * Storage.loadOr(1, F32, gradFactor, 0);
        for (long i = rowBegin; i < rowEnd; i++) {
            int target = Storage.loadInt(targets, i);
            double[] gradient = new double[count];
            double[] adversarialGradient = new double[count];
            double loss = 0;
            double norm = 0;
            if (target != ignoreIndex) {
                double weight = Storage.loadOr(1, weightsType, rowWeights, i);
                CompSumRow clean = new CompSumRow(
                        SoftmaxRow.load(logitsType, logits, i * logitsStride, count, 1 / rho), target, tau, rho);
                double[] shifts = marginShifts(
                        Storage.loadRow(logitsType, logits, i * logitsStride, count),
                        Storage.loadRow(logitsType, adversarialLogits, i * adversarialStride, count), target);
                norm = norm(shifts);
                loss = weight * (clean.loss() + nu * norm);
                double pull = norm == 0 ? 0 : nu / norm;
                for (int k = 0; k < count; k++) {
                    double moved = pull * (k == target ? -sum(shifts) : shifts[k]);
                    gradient[k] = factor * weight * (clean.gradient(k) + moved);
                    adversarialGradient[k] = factor * weight * -moved;
                }
                if (Double.isNaN(norm)) {
                    java.util.Arrays.fill(gradient, Double.NaN);
                    java.util.Arrays.fill(adversarialGradient, Double.NaN);
                }
            }
            Storage.storeIfPresent(lossType, losses, i, loss);
            Storage.storeIfPresent(lossType, marginShiftNorms, i, norm);
            Storage.storeRowIfPresent(gradType, gradLogits, i * gradStride, gradient);
            Storage.storeRowIfPresent(gradType, gradAdversarialLogits, i * gradAdversarialStride, adversarialGradient);
        }
    }

    private static double[] marginShifts(double[] clean, double[] adversarial, int target) {
        double[] shifts = new double[clean.length];
        for (int k = 0; k < clean.length; k++) {
            shifts[k] = (adversarial[target] - adversarial[k]) - (clean[target] - clean[k]);
        }
        return shifts;
    }

    /** NaN where a margin is infinite, or is none. */
    private static double norm(double[] shifts) {
        double total = 0;
        for (double shift : shifts) {
            total += shift * shift;
        }
        return Double.isInfinite(total) ? Double.NaN : Math.sqrt(total);
    }

    private static double[] smoothed(int type, MemorySegment memory, long offset, int classes, double smoothing) {
        double[] targets = new double[classes];
        for (int k = 0; k < classes; k++) {
            targets[k] = Storage.load(type, memory, offset + k);
        }
        double uniform = smoothing * sum(targets) / classes;
        for (int k = 0; k < classes; k++) {
            targets[k] = (1 - smoothing) * targets[k] + uniform;
        }
        return targets;
    }

    private static double sum(double[] values) {
        double total = 0;
        for (double value : values) {
            total += value;
        }
        return total;
    }
}
