package dev.basin.fallback;

import dev.basin.DataType;
import java.lang.foreign.MemorySegment;

/**
 * Optimizer steps in float on plain loops over arrays, which the JIT compiler vectorises. Other types, masters and whatever has
 * no faster version here are the reference's.
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
        FastAdamW formula = FastAdamW.of(gradScale * Storage.loadOr(1, F32, gradFactor, 0), learningRate * weightDecay,
                learningRate, beta1, beta2, epsilon, step);
        FloatBlock wBlock = new FloatBlock(weights, end - begin);
        FloatBlock gBlock = new FloatBlock(gradients, end - begin);
        FloatBlock mBlock = new FloatBlock(firstMoment, end - begin);
        FloatBlock vBlock = new FloatBlock(secondMoment, end - begin);
        for (long at = begin; at < end; ) {
            int length = FloatBlock.length(at, end);
            float[] w = wBlock.load(at, length);
            float[] g = gBlock.load(at, length);
            float[] m = mBlock.load(at, length);
            float[] v = vBlock.load(at, length);
            formula.move(w, g, m, v, length);
            wBlock.store(at, length);
            mBlock.store(at, length);
            vBlock.store(at, length);
            at += length;
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
        FloatBlock wBlock = new FloatBlock(weights, end - begin);
        FloatBlock gBlock = new FloatBlock(gradients, end - begin);
        FloatBlock mBlock = new FloatBlock(momentum, end - begin);
        for (long at = begin; at < end; ) {
            int length = FloatBlock.length(at, end);
            float[] w = wBlock.load(at, length);
            float[] g = gBlock.load(at, length);
            float[] m = mBlock.load(at, length);
            for (int i = 0; i < length; i++) {
                float gradient = factor * g[i];
                float update = m[i] + rest1 * (gradient - m[i]);
                w[i] = w[i] * keep - rate * signum(update);
                m[i] += rest2 * (gradient - m[i]);
            }
            wBlock.store(at, length);
            mBlock.store(at, length);
            at += length;
        }
    }

    @Override
    public void frugalStep(
            int weightsType, MemorySegment weights, MemorySegment master, int gradientsType, MemorySegment gradients,
            MemorySegment selectedIndices, int stateType, MemorySegment firstMoment, MemorySegment secondMoment,
            MemorySegment gradFactor,
            long begin, long end, long periods, long selected, long width, long units,
            double learningRate, double beta1, double beta2, double epsilon, double weightDecay, double rateScale,
            double freeScale, int rule, double gradScale, long step) {
        if (!isInFloat(weightsType, master, gradientsType, stateType)) {
            super.frugalStep(weightsType, weights, master, gradientsType, gradients, selectedIndices, stateType, firstMoment,
                    secondMoment, gradFactor, begin, end, periods, selected, width, units, learningRate, beta1, beta2, epsilon,
                    weightDecay, rateScale, freeScale, rule, gradScale, step);
            return;
        }
        FastAdamW adamw = FastAdamW.of(gradScale * Storage.loadOr(1, F32, gradFactor, 0), learningRate * weightDecay,
                learningRate * rateScale, beta1, beta2, epsilon, step);
        new FastFrugal(weights, gradients, selectedIndices, firstMoment, secondMoment, periods, selected, width, units,
                FloatBlock.length(begin, end), adamw, learningRate * rateScale * freeScale, rule, step == 1).move(begin, end);
    }

    @Override
    public void lionKStep(
            int weightsType, MemorySegment weights, MemorySegment master, int gradientsType, MemorySegment gradients,
            int stateType, MemorySegment momentum, MemorySegment gradFactor, long begin, long end,
            int kind, double learningRate, double beta1, double beta2, double weightDecay, double smoothing, double gradScale) {
        if (!isInFloat(weightsType, master, gradientsType, stateType)) {
            super.lionKStep(weightsType, weights, master, gradientsType, gradients, stateType, momentum, gradFactor, begin, end,
                    kind, learningRate, beta1, beta2, weightDecay, smoothing, gradScale);
            return;
        }
        float factor = (float) (gradScale * Storage.loadOr(1, F32, gradFactor, 0));
        float keep = (float) (1 - learningRate * weightDecay);
        float rate = (float) learningRate;
        float rest1 = (float) (1 - beta1);
        float rest2 = (float) (1 - beta2);
        FloatBlock wBlock = new FloatBlock(weights, end - begin);
        FloatBlock gBlock = new FloatBlock(gradients, end - begin);
        FloatBlock mBlock = new FloatBlock(momentum, end - begin);
        float[] direction = new float[FloatBlock.length(begin, end)];
        for (long at = begin; at < end; ) {
            int length = FloatBlock.length(at, end);
            float[] w = wBlock.load(at, length);
            float[] g = gBlock.load(at, length);
            float[] m = mBlock.load(at, length);
            for (int i = 0; i < length; i++) {
                float gradient = factor * g[i];
                direction[i] = m[i] + rest1 * (gradient - m[i]);
                m[i] += rest2 * (gradient - m[i]);
            }
            FastLionK.slope(kind, (float) smoothing, direction, length);
            for (int i = 0; i < length; i++) {
                w[i] = w[i] * keep - rate * direction[i];
            }
            wBlock.store(at, length);
            mBlock.store(at, length);
            at += length;
        }
    }

    @Override
    public void sgdMomentumStep(
            int weightsType, MemorySegment weights, MemorySegment master, int gradientsType, MemorySegment gradients,
            int stateType, MemorySegment momentumBuffer, MemorySegment gradFactor,
            long begin, long end, double learningRate, double momentum, double dampening, int nesterov, double weightDecay,
            double gradScale, long step) {
        if (!isInFloat(weightsType, master, gradientsType, stateType)) {
            super.sgdMomentumStep(weightsType, weights, master, gradientsType, gradients, stateType, momentumBuffer,
                    gradFactor, begin, end, learningRate, momentum, dampening, nesterov, weightDecay, gradScale, step);
            return;
        }
        float factor = (float) (gradScale * Storage.loadOr(1, F32, gradFactor, 0));
        float decay = (float) weightDecay;
        if (Storage.isAbsent(momentumBuffer)) {
            descend(weights, gradients, begin, end, (float) learningRate, decay, factor);
            return;
        }
        float keep = (float) momentum;
        float take = step == 1 ? 1 : (float) (1 - dampening);
        float rate = (float) learningRate;
        boolean isFirst = step == 1;
        boolean looksAhead = nesterov == 1;
        FloatBlock wBlock = new FloatBlock(weights, end - begin);
        FloatBlock gBlock = new FloatBlock(gradients, end - begin);
        FloatBlock bBlock = new FloatBlock(momentumBuffer, end - begin);
        for (long at = begin; at < end; ) {
            int length = FloatBlock.length(at, end);
            float[] w = wBlock.load(at, length);
            float[] g = gBlock.load(at, length);
            float[] b = bBlock.load(at, length);
            for (int i = 0; i < length; i++) {
                float d = factor * g[i] + decay * w[i];
                float before = isFirst ? 0 : keep * b[i];
                b[i] = before + take * d;
                w[i] -= rate * (looksAhead ? d + keep * b[i] : b[i]);
            }
            wBlock.store(at, length);
            bBlock.store(at, length);
            at += length;
        }
    }

    /** A step without momentum. */
    private static void descend(
            MemorySegment weights, MemorySegment gradients, long begin, long end, float rate, float decay, float factor) {
        FloatBlock wBlock = new FloatBlock(weights, end - begin);
        FloatBlock gBlock = new FloatBlock(gradients, end - begin);
        for (long at = begin; at < end; ) {
            int length = FloatBlock.length(at, end);
            float[] w = wBlock.load(at, length);
            float[] g = gBlock.load(at, length);
            for (int i = 0; i < length; i++) {
                w[i] -= rate * (factor * g[i] + decay * w[i]);
            }
            wBlock.store(at, length);
            at += length;
        }
    }

    private static boolean isInFloat(int weightsType, MemorySegment master, int gradientsType, int stateType) {
        return weightsType == F32 && Storage.isAbsent(master) && gradientsType == F32 && stateType == F32;
    }

    /** {@code Math.signum} by what the JIT compiler vectorises: even the smallest number is above 1 when multiplied so. */
    static float signum(float x) {
        return Math.max(-1, Math.min(1, x * 0x1p127f * 0x1p127f));
    }
}
