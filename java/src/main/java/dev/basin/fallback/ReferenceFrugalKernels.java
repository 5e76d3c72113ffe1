package dev.basin.fallback;

import dev.basin.DataType;
import java.lang.foreign.MemorySegment;

/** The steps of FRUGAL as its paper writes them, in double. */
abstract class ReferenceFrugalKernels extends ReferenceLionKKernels {
    private static final int F32 = DataType.F32.code();

    @Override
    public void frugalStep(
            int weightsType, MemorySegment weights, MemorySegment master, int gradientsType, MemorySegment gradients,
            MemorySegment selectedIndices, int stateType, MemorySegment firstMoment, MemorySegment secondMoment,
            MemorySegment gradFactor,
            long begin, long end, long periods, long selected, long width, long units,
            double learningRate, double beta1, double beta2, double epsilon, double weightDecay, double rateScale,
            double freeScale, int rule, double gradScale, long step) {
        MasteredWeights w = new MasteredWeights(weightsType, weights, master);
        double factor = gradScale * Storage.loadOr(1, F32, gradFactor, 0);
        double correction1 = -Math.expm1(step * Math.log(beta1));
        double correction2 = -Math.expm1(step * Math.log(beta2));
        for (long i = begin; i < end; i++) {
            double g = factor * Storage.load(gradientsType, gradients, i);
            double decayed = w.load(i) * (1 - learningRate * weightDecay);
            long unit = i / width;
            long period = unit / units;
            long number = period < periods ? firstFrom(selectedIndices, selected, unit % units) : selected;
            if (number == selected || Storage.loadInt(selectedIndices, number) != unit % units) {
                w.store(i, decayed - learningRate * rateScale * freeScale * free(rule, g));
                continue;
            }
            long place = (period * selected + number) * width + i % width;
            double oldM = step == 1 ? 0 : Storage.load(stateType, firstMoment, place);
            double oldV = step == 1 ? 0 : Storage.load(stateType, secondMoment, place);
            double m = beta1 * oldM + (1 - beta1) * g;
            double v = beta2 * oldV + (1 - beta2) * g * g;
            double direction = (m / correction1) / (Math.sqrt(v / correction2) + epsilon);
            w.store(i, decayed - learningRate * rateScale * direction);
            Storage.store(stateType, firstMoment, place, m);
            Storage.store(stateType, secondMoment, place, v);
        }
    }

    /** The number of the first index that is not below a unit. */
    static long firstFrom(MemorySegment indices, long count, long unit) {
        long low = 0;
        long high = count;
        while (low < high) {
            long middle = (low + high) / 2;
            if (Storage.loadInt(indices, middle) < unit) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static double free(int rule, double g) {
        return switch (rule) {
            case 0 -> 0;
            case 1 -> g;
            default -> Math.signum(g);
        };
    }

    @Override
    public void frugalSubspaceStep(
            int weightsType, MemorySegment weights, MemorySegment master, int gradientsType, MemorySegment gradients,
            int stateType, MemorySegment update, MemorySegment projected, MemorySegment gradFactor, long begin, long end,
            double learningRate, double weightDecay, double rateScale, double freeScale, int rule, double gradScale) {
        MasteredWeights w = new MasteredWeights(weightsType, weights, master);
        double factor = gradScale * Storage.loadOr(1, F32, gradFactor, 0);
        for (long i = begin; i < end; i++) {
            double move = -Storage.load(stateType, update, i);
            if (!Storage.isAbsent(projected)) {
                double residual = factor * Storage.load(gradientsType, gradients, i) - Storage.load(stateType, projected, i);
                move += freeScale * free(rule, residual);
            }
            w.store(i, w.load(i) * (1 - learningRate * weightDecay) - learningRate * rateScale * move);
        }
    }
}
