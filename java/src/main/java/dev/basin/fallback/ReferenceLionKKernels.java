package dev.basin.fallback;

import dev.basin.DataType;
import java.lang.foreign.MemorySegment;

/** Lion-K as its page writes it, in double. */
abstract class ReferenceLionKKernels extends ReferenceAdafactorKernels {
    private static final int F64 = DataType.F64.code();

    @Override
    public void lionKStep(
            int weightsType, MemorySegment weights, MemorySegment master, int gradientsType, MemorySegment gradients,
            int stateType, MemorySegment momentum, MemorySegment gradFactor, long begin, long end,
            int kind, double learningRate, double beta1, double beta2, double weightDecay, double smoothing, double gradScale) {
        LionKFormula formula = new LionKFormula(kind, smoothing);
        MasteredWeights w = new MasteredWeights(weightsType, weights, master);
        ReferenceLion lion = ReferenceLion.of(gradientsType, gradients, stateType, momentum, gradFactor, gradScale);
        for (long i = begin; i < end; i++) {
            lion.step(w, i, formula.slope(lion.interpolated(i, beta1)), learningRate, beta2, weightDecay);
        }
    }

    @Override
    public void lionKStatistics(
            int gradientsType, MemorySegment gradients, int stateType, MemorySegment momentum, MemorySegment gradFactor,
            MemorySegment scales, MemorySegment sums, long blockBegin, long blockEnd, long elements,
            int statistic, double beta1, double smoothing, double power, double gradScale) {
        ReferenceLion lion = ReferenceLion.of(gradientsType, gradients, stateType, momentum, gradFactor, gradScale);
        double[] z = new double[(int) Math.min(LION_K_BLOCK, elements)];
        for (long block = blockBegin; block < blockEnd; block++) {
            long begin = block * LION_K_BLOCK;
            int length = (int) Math.min(LION_K_BLOCK, elements - begin);
            for (int i = 0; i < length; i++) {
                z[i] = Storage.isAbsent(momentum) ? lion.gradient(begin + i) : -lion.interpolated(begin + i, beta1);
            }
            double scale = scale(statistic, z, length);
            double sum = 0;
            for (int i = 0; i < length; i++) {
                sum += switch (statistic) {
                    case 0 -> z[i] * z[i];
                    case 1 -> Math.pow(Math.abs(z[i]) / (scale == 0 ? 1 : scale), power);
                    default -> Math.exp((z[i] - (scale == Double.NEGATIVE_INFINITY ? 0 : scale)) / smoothing);
                };
            }
            Storage.store(F64, scales, block, scale);
            Storage.store(F64, sums, block, sum);
        }
    }

    /** Passes over NaN, which is in the sum. */
    private static double scale(int statistic, double[] z, int length) {
        if (statistic == 0) {
            return 1;
        }
        double scale = statistic == 1 ? 0 : Double.NEGATIVE_INFINITY;
        for (int i = 0; i < length; i++) {
            double size = statistic == 1 ? Math.abs(z[i]) : z[i];
            scale = size > scale ? size : scale;
        }
        return scale;
    }

    @Override
    public void lionKStatisticalStep(
            int weightsType, MemorySegment weights, MemorySegment master, int gradientsType, MemorySegment gradients,
            int stateType, MemorySegment momentum, MemorySegment statistics, MemorySegment gradFactor, long begin, long end,
            int kind, double learningRate, double beta1, double beta2, double weightDecay, double smoothing, double power,
            double gradScale) {
        MasteredWeights w = new MasteredWeights(weightsType, weights, master);
        ReferenceLion lion = ReferenceLion.of(gradientsType, gradients, stateType, momentum, gradFactor, gradScale);
        double first = Storage.load(F64, statistics, 0);
        double second = Storage.load(F64, statistics, 1);
        for (long i = begin; i < end; i++) {
            double direction = -slope(kind, -lion.interpolated(i, beta1), smoothing, power, first, second);
            lion.step(w, i, direction, learningRate, beta2, weightDecay);
        }
    }

    @Override
    public void lionKGroupStep(
            int weightsType, MemorySegment weights, MemorySegment master, int gradientsType, MemorySegment gradients,
            int stateType, MemorySegment momentum, MemorySegment gradFactor, MemorySegment norms,
            long groupBegin, long groupEnd, long elements, long groupElements,
            double learningRate, double beta1, double beta2, double weightDecay, double gradScale) {
        MasteredWeights w = new MasteredWeights(weightsType, weights, master);
        ReferenceLion lion = ReferenceLion.of(gradientsType, gradients, stateType, momentum, gradFactor, gradScale);
        for (long group = groupBegin; group < groupEnd; group++) {
            long begin = group * groupElements;
            long end = Math.min(elements, begin + groupElements);
            double squares = 0;
            for (long i = begin; i < end; i++) {
                double u = lion.interpolated(i, beta1);
                squares += u * u;
            }
            double norm = Math.sqrt(squares);
            Storage.storeIfPresent(F64, norms, group, norm);
            for (long i = begin; i < end; i++) {
                lion.step(w, i, byNorm(lion.interpolated(i, beta1), norm), learningRate, beta2, weightDecay);
            }
        }
    }

    @Override
    public void lionKInterpolate(
            int gradientsType, MemorySegment gradients, int stateType, MemorySegment momentum,
            int directionsType, MemorySegment directions, MemorySegment gradFactor, long begin, long end,
            double beta1, double gradScale) {
        ReferenceLion lion = ReferenceLion.of(gradientsType, gradients, stateType, momentum, gradFactor, gradScale);
        for (long i = begin; i < end; i++) {
            Storage.store(directionsType, directions, i, lion.interpolated(i, beta1));
        }
    }

    @Override
    public void lionKPartials(
            int valuesType, MemorySegment values, MemorySegment scale, MemorySegment partials,
            long blockBegin, long blockEnd, long elements, int measure, int kind, double smoothing) {
        LionKFormula formula = new LionKFormula(kind, smoothing);
        double by = Storage.loadOr(1, F64, scale, 0);
        for (long block = blockBegin; block < blockEnd; block++) {
            long end = Math.min(elements, (block + 1) * LION_K_BLOCK);
            double total = measure == 0 ? Double.NEGATIVE_INFINITY : 0;
            for (long i = block * LION_K_BLOCK; i < end; i++) {
                double z = Storage.load(valuesType, values, i);
                total = switch (measure) {
                    case 0 -> Math.max(total, Math.abs(z));
                    case 1 -> total + formula.value(z);
                    case 2 -> total + formula.conjugateAtSlope(z);
                    case 3 -> total + formula.conjugate(z);
                    case 5 -> total + (z - by) * Math.exp((z - by) / smoothing);
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
        double first = Storage.load(F64, statistics, 0);
        double second = Storage.load(F64, statistics, 1);
        for (long i = begin; i < end; i++) {
            double z = Storage.load(valuesType, values, i);
            Storage.store(directionsType, directions, i, slope(kind, z, smoothing, power, first, second));
        }
    }

    private static double slope(int kind, double z, double smoothing, double power, double first, double second) {
        return switch (kind) {
            case LION_K_SCALED -> byNorm(z, first);
            case LION_K_POWER -> first == 0 ? z * 0 : Math.signum(z) * Math.pow(Math.abs(z) / first, power) * second;
            case LION_K_SOFTMAX -> Math.exp((z - first) / smoothing) / second;
            default -> new LionKFormula(kind, smoothing).slope(z);
        };
    }

    private static double byNorm(double z, double norm) {
        return norm == 0 ? z * 0 : z / norm;
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
                Storage.store(directionsType, directions, i, byNorm(z, norm));
            }
        }
    }

    @Override
    public void lionKMove(
            int weightsType, MemorySegment weights, MemorySegment master, int gradientsType, MemorySegment gradients,
            int stateType, MemorySegment momentum, int directionsType, MemorySegment directions, MemorySegment gradFactor,
            long begin, long end, double learningRate, double beta2, double weightDecay, double gradScale) {
        MasteredWeights w = new MasteredWeights(weightsType, weights, master);
        ReferenceLion lion = ReferenceLion.of(gradientsType, gradients, stateType, momentum, gradFactor, gradScale);
        for (long i = begin; i < end; i++) {
            lion.step(w, i, Storage.load(directionsType, directions, i), learningRate, beta2, weightDecay);
        }
    }
}
