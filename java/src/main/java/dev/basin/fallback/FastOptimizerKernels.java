package dev.basin.fallback;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.basin.DataType;
import java.lang.foreign.MemorySegment;

/**
 * Optimizer steps in float on plain loops, which the JIT compiler vectorises. Other types, masters and whatever has no faster
 * version here are the reference's.
 */
final class FastOptimizerKernels extends ReferenceOptimizerKernels {
    private static final int F32 = DataType.F32.code();

    @Override
    public void adamwStep(
            int weightsType, MemorySegment weights, MemorySegment master, int gradientsType, MemorySegment gradients,
            int firstMomentType, MemorySegment firstMoment, int secondMomentType, MemorySegment secondMoment,
            MemorySegment gradFactor,
            long begin, long end, double learningRate, double beta1, double beta2, double epsilon, double weightDecay,
            double gradScale, long step) {
        boolean inFloat = isInFloat(weightsType, master, gradientsType, firstMomentType);
        if (!inFloat || secondMomentType != F32) {
            super.adamwStep(weightsType, weights, master, gradientsType, gradients, firstMomentType, firstMoment,
                    secondMomentType, secondMoment, gradFactor, begin, end, learningRate, beta1, beta2, epsilon,
                    weightDecay, gradScale, step);
            return;
        }
        double correction2 = Math.sqrt(-Math.expm1(step * Math.log(beta2)));
        float factor = (float) (gradScale * Storage.loadOr(1, F32, gradFactor, 0));
        float keep = (float) (1 - learningRate * weightDecay);
        float rate = (float) (learningRate * correction2 / -Math.expm1(step * Math.log(beta1)));
        float rest1 = (float) (1 - beta1);
        float rest2 = (float) (1 - beta2);
        float floor = (float) (epsilon * correction2);
        for (long i = begin * Float.BYTES; i < end * Float.BYTES; i += Float.BYTES) {
            float g = factor * gradients.get(JAVA_FLOAT_UNALIGNED, i);
            float m = firstMoment.get(JAVA_FLOAT_UNALIGNED, i);
            float v = secondMoment.get(JAVA_FLOAT_UNALIGNED, i);
            m += rest1 * (g - m);
            v += rest2 * (g * g - v);
            float w = weights.get(JAVA_FLOAT_UNALIGNED, i) * keep;
            weights.set(JAVA_FLOAT_UNALIGNED, i, w - rate * (m / ((float) Math.sqrt(v) + floor)));
            firstMoment.set(JAVA_FLOAT_UNALIGNED, i, m);
            secondMoment.set(JAVA_FLOAT_UNALIGNED, i, v);
        }
    }

    @Override
    public void lionStep(
            int weightsType, MemorySegment weights, MemorySegment master, int gradientsType, MemorySegment gradients,
            int stateType, MemorySegment momentum, MemorySegment gradFactor,
            long begin, long end, double learningRate, double beta1, double beta2, double weightDecay, double gradScale) {
        if (!isInFloat(weightsType, master, gradientsType, stateType)) {
            super.lionStep(weightsType, weights, master, gradientsType, gradients, stateType, momentum, gradFactor,
                    begin, end, learningRate, beta1, beta2, weightDecay, gradScale);
            return;
        }
        float factor = (float) (gradScale * Storage.loadOr(1, F32, gradFactor, 0));
        float keep = (float) (1 - learningRate * weightDecay);
        float rate = (float) learningRate;
        float rest1 = (float) (1 - beta1);
        float rest2 = (float) (1 - beta2);
        for (long i = begin * Float.BYTES; i < end * Float.BYTES; i += Float.BYTES) {
            float g = factor * gradients.get(JAVA_FLOAT_UNALIGNED, i);
            float m = momentum.get(JAVA_FLOAT_UNALIGNED, i);
            float u = m + rest1 * (g - m);
            float w = weights.get(JAVA_FLOAT_UNALIGNED, i) * keep;
            weights.set(JAVA_FLOAT_UNALIGNED, i, w - rate * Math.signum(u));
            momentum.set(JAVA_FLOAT_UNALIGNED, i, m + rest2 * (g - m));
        }
    }

    @Override
    public void sgdMomentumStep(
            int weightsType, MemorySegment weights, MemorySegment master, int gradientsType, MemorySegment gradients,
            int stateType, MemorySegment momentumBuffer, MemorySegment gradFactor,
            long begin, long end, double learningRate, double momentum, double dampening, int nesterov, double weightDecay,
            double gradScale, long step) {
        if (!isInFloat(weightsType, master, gradientsType, stateType) || Storage.isAbsent(momentumBuffer)) {
            super.sgdMomentumStep(weightsType, weights, master, gradientsType, gradients, stateType, momentumBuffer,
                    gradFactor, begin, end, learningRate, momentum, dampening, nesterov, weightDecay, gradScale, step);
            return;
        }
        float factor = (float) (gradScale * Storage.loadOr(1, F32, gradFactor, 0));
        float decay = (float) weightDecay;
        float keep = (float) momentum;
        float take = step == 1 ? 1 : (float) (1 - dampening);
        float rate = (float) learningRate;
        boolean isFirst = step == 1;
        boolean looksAhead = nesterov == 1;
        for (long i = begin * Float.BYTES; i < end * Float.BYTES; i += Float.BYTES) {
            float w = weights.get(JAVA_FLOAT_UNALIGNED, i);
            float d = factor * gradients.get(JAVA_FLOAT_UNALIGNED, i) + decay * w;
            float before = isFirst ? 0 : keep * momentumBuffer.get(JAVA_FLOAT_UNALIGNED, i);
            float buffer = before + take * d;
            momentumBuffer.set(JAVA_FLOAT_UNALIGNED, i, buffer);
            weights.set(JAVA_FLOAT_UNALIGNED, i, w - rate * (looksAhead ? d + keep * buffer : buffer));
        }
    }

    private static boolean isInFloat(int weightsType, MemorySegment master, int gradientsType, int stateType) {
        return weightsType == F32 && Storage.isAbsent(master) && gradientsType == F32 && stateType == F32;
    }
}
