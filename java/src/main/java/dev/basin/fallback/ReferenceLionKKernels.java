package dev.basin.fallback;

import dev.basin.DataType;
import java.lang.foreign.MemorySegment;

/** Lion-K as its page writes it, in double. */
abstract class ReferenceLionKKernels extends ReferenceAdafactorKernels {
    private static final int F32 = DataType.F32.code();
    private static final int F64 = DataType.F64.code();

    @Override
    public void lionKStep(
            int weightsType, MemorySegment weights, MemorySegment master, int gradientsType, MemorySegment gradients,
            int stateType, MemorySegment momentum, MemorySegment gradFactor, long begin, long end,
            int kind, double learningRate, double beta1, double beta2, double weightDecay, double smoothing, double gradScale) {
        LionKFormula formula = new LionKFormula(kind, smoothing);
        MasteredWeights w = new MasteredWeights(weightsType, weights, master);
        double factor = gradScale * Storage.loadOr(1, F32, gradFactor, 0);
        for (long i = begin; i < end; i++) {
            double g = factor * Storage.load(gradientsType, gradients, i);
            double m = Storage.load(stateType, momentum, i);
            double direction = formula.slope(beta1 * m + (1 - beta1) * g);
            w.store(i, w.load(i) * (1 - learningRate * weightDecay) - learningRate * direction);
            Storage.store(stateType, momentum, i, beta2 * m + (1 - beta2) * g);
        }
    }

    @Override
    public void lionKInterpolate(
            int gradientsType, MemorySegment gradients, int stateType, MemorySegment momentum,
            int directionsType, MemorySegment directions, MemorySegment gradFactor, long begin, long end,
            double beta1, double scale, double gradScale) {
        double factor = gradScale * Storage.loadOr(1, F32, gradFactor, 0);
        for (long i = begin; i < end; i++) {
            double g = factor * Storage.load(gradientsType, gradients, i);
            double m = Storage.load(stateType, momentum, i);
            Storage.store(directionsType, directions, i, scale * (beta1 * m + (1 - beta1) * g));
        }
    }

    @Override
    public void lionKPartials(
            int valuesType, MemorySegment values, MemorySegment scale, MemorySegment partials,
            long blockBegin, long blockEnd, long elements, int measure, int kind, double smoothing, double power) {
        LionKFormula formula = new LionKFormula(kind, smoothing);
        double by = Storage.loadOr(1, F64, scale, 0);
        for (long block = blockBegin; block < blockEnd; block++) {
            long end = Math.min(elements, (block + 1) * LION_K_BLOCK);
            double total = measure <= 1 ? Double.NEGATIVE_INFINITY : 0;
            for (long i = block * LION_K_BLOCK; i < end; i++) {
                double z = Storage.load(valuesType, values, i);
                total = switch (measure) {
                    case 0 -> Math.max(total, Math.abs(z));
                    case 1 -> Math.max(total, z);
                    case 2 -> total + (by == 0 ? z : Math.pow(Math.abs(z) / by, power));
                    case 3 -> total + Math.exp((z - by) / smoothing);
                    case 4 -> total + formula.value(z);
                    case 5 -> total + formula.conjugateAtSlope(z);
                    case 6 -> total + formula.conjugate(z);
                    case 8 -> total + (z - by) * Math.exp((z - by) / smoothing);
                    default -> total + LionKFormula.entropy(z);
                };
            }
            Storage.store(F64, partials, block, total);
        }
    }

    @Override
    public void lionKGradient(
            int valuesType, MemorySegment values, int directionsType, MemorySegment directions, MemorySegment statistics,
            long begin, long end, int kind, double smoothing, double power) {
        LionKFormula formula = new LionKFormula(kind, smoothing);
        double first = Storage.load(F64, statistics, 0);
        double second = Storage.load(F64, statistics, 1);
        for (long i = begin; i < end; i++) {
            double z = Storage.load(valuesType, values, i);
            double direction = switch (kind) {
                case LION_K_SCALED -> second == 0 ? z * 0 : first * z / second;
                case LION_K_POWER -> first == 0 ? z * 0 : Math.signum(z) * Math.pow(Math.abs(z) / first, power) * second;
                case LION_K_SOFTMAX -> Math.exp((z - first) / smoothing) / second;
                default -> formula.slope(z);
            };
            Storage.store(directionsType, directions, i, direction);
        }
    }

    @Override
    public void lionKGroups(
            int valuesType, MemorySegment values, int directionsType, MemorySegment directions, MemorySegment norms,
            long groupBegin, long groupEnd, long elements, long groupElements) {
        for (long group = groupBegin; group < groupEnd; group++) {
            long begin = group * groupElements;
            long end = Math.min(elements, begin + groupElements);
            double squares = 0;
            for (long i = begin; i < end; i++) {
                double z = Storage.load(valuesType, values, i);
                squares += z * z;
            }
            double norm = Math.sqrt(squares);
            Storage.storeIfPresent(F64, norms, group, norm);
            for (long i = begin; i < end; i++) {
                double z = Storage.load(valuesType, values, i);
                Storage.store(directionsType, directions, i, norm == 0 ? z * 0 : z / norm);
            }
        }
    }

    @Override
    public void lionKMove(
            int weightsType, MemorySegment weights, MemorySegment master, int gradientsType, MemorySegment gradients,
            int stateType, MemorySegment momentum, int directionsType, MemorySegment directions, MemorySegment gradFactor,
            long begin, long end, double learningRate, double beta2, double weightDecay, double scale, double gradScale) {
        MasteredWeights w = new MasteredWeights(weightsType, weights, master);
        double factor = gradScale * Storage.loadOr(1, F32, gradFactor, 0);
        for (long i = begin; i < end; i++) {
            double g = factor * Storage.load(gradientsType, gradients, i);
            double direction = scale * Storage.load(directionsType, directions, i);
            w.store(i, w.load(i) * (1 - learningRate * weightDecay) - learningRate * direction);
            Storage.store(stateType, momentum, i, beta2 * Storage.load(stateType, momentum, i) + (1 - beta2) * g);
        }
    }
}
