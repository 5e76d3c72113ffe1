package dev.basin.fallback;

import dev.basin.DataType;
import java.lang.foreign.MemorySegment;

/** Optimizer steps as their papers write them, in double. */
class ReferenceOptimizerKernels extends ReferenceFrugalKernels {
    private static final int F32 = DataType.F32.code();

    @Override
    public void adamwStep(
            int weightsType, MemorySegment weights, MemorySegment master, int gradientsType, MemorySegment gradients,
            int firstMomentType, MemorySegment firstMoment, int secondMomentType, MemorySegment secondMoment,
            MemorySegment gradFactor,
            long begin, long end, double learningRate, double beta1, double beta2, double epsilon, double weightDecay,
            double gradScale, long step) {
        MasteredWeights w = new MasteredWeights(weightsType, weights, master);
        double factor = gradScale * Storage.loadOr(1, F32, gradFactor, 0);
        double correction1 = -Math.expm1(step * Math.log(beta1));
        double correction2 = -Math.expm1(step * Math.log(beta2));
        for (long i = begin; i < end; i++) {
            double g = factor * Storage.load(gradientsType, gradients, i);
            double m = beta1 * Storage.load(firstMomentType, firstMoment, i) + (1 - beta1) * g;
            double v = beta2 * Storage.load(secondMomentType, secondMoment, i) + (1 - beta2) * g * g;
            double decayed = w.load(i) * (1 - learningRate * weightDecay);
            double direction = (m / correction1) / (Math.sqrt(v / correction2) + epsilon);
            w.store(i, decayed - learningRate * direction);
            Storage.store(firstMomentType, firstMoment, i, m);
            Storage.store(secondMomentType, secondMoment, i, v);
        }
    }

    @Override
    public void lionStep(
            int weightsType, MemorySegment weights, MemorySegment master, int gradientsType, MemorySegment gradients,
            int stateType, MemorySegment momentum, MemorySegment gradFactor,
            long begin, long end, double learningRate, double beta1, double beta2, double weightDecay, double gradScale) {
        MasteredWeights w = new MasteredWeights(weightsType, weights, master);
        ReferenceLion lion = ReferenceLion.of(gradientsType, gradients, stateType, momentum, gradFactor, gradScale);
        for (long i = begin; i < end; i++) {
            lion.step(w, i, Math.signum(lion.interpolated(i, beta1)), learningRate, beta2, weightDecay);
        }
    }

    @Override
    public void sgdMomentumStep(
            int weightsType, MemorySegment weights, MemorySegment master, int gradientsType, MemorySegment gradients,
            int stateType, MemorySegment momentumBuffer, MemorySegment gradFactor,
            long begin, long end, double learningRate, double momentum, double dampening, int nesterov, double weightDecay,
            double gradScale, long step) {
        MasteredWeights w = new MasteredWeights(weightsType, weights, master);
        double factor = gradScale * Storage.loadOr(1, F32, gradFactor, 0);
        for (long i = begin; i < end; i++) {
            double before = w.load(i);
            double d = factor * Storage.load(gradientsType, gradients, i) + weightDecay * before;
            if (!Storage.isAbsent(momentumBuffer)) {
                double buffer = step == 1
                        ? d
                        : momentum * Storage.load(stateType, momentumBuffer, i) + (1 - dampening) * d;
                Storage.store(stateType, momentumBuffer, i, buffer);
                d = nesterov == 1 ? d + momentum * buffer : buffer;
            }
            w.store(i, before - learningRate * d);
        }
    }

    @Override
    public void squaredNorm(
            int valuesType, MemorySegment values, MemorySegment partials, long blockBegin, long blockEnd, long elements) {
        for (long block = blockBegin; block < blockEnd; block++) {
            double total = 0;
            long end = Math.min(elements, (block + 1) * SQUARED_NORM_BLOCK);
            for (long i = block * SQUARED_NORM_BLOCK; i < end; i++) {
                double value = Storage.load(valuesType, values, i);
                total += value * value;
            }
            Storage.store(DataType.F64.code(), partials, block, total);
        }
    }

    @Override
    public void convert(int sourceType, MemorySegment source, int targetType, MemorySegment target, long begin, long end) {
        for (long i = begin; i < end; i++) {
            Storage.store(targetType, target, i, Storage.load(sourceType, source, i));
        }
    }
}
