package dev.basin.fallback;

import dev.basin.DataType;
import java.lang.foreign.MemorySegment;

/** What Lion and its relatives make of gradients and momentum, in double. */
record ReferenceLion(int gradientsType, MemorySegment gradients, int stateType, MemorySegment momentum, double factor) {
    static ReferenceLion of(
            int gradientsType, MemorySegment gradients, int stateType, MemorySegment momentum, MemorySegment gradFactor,
            double gradScale) {
        double factor = gradScale * Storage.loadOr(1, DataType.F32.code(), gradFactor, 0);
        return new ReferenceLion(gradientsType, gradients, stateType, momentum, factor);
    }

    double gradient(long index) {
        return factor * Storage.load(gradientsType, gradients, index);
    }

    /** The interpolated momentum u. */
    double interpolated(long index, double beta1) {
        return beta1 * Storage.load(stateType, momentum, index) + (1 - beta1) * gradient(index);
    }

    /** Moves a weight along a direction, and the momentum to the gradient. */
    void step(
            MasteredWeights weights, long index, double direction, double learningRate, double beta2, double weightDecay) {
        double moved = beta2 * Storage.load(stateType, momentum, index) + (1 - beta2) * gradient(index);
        weights.store(index, weights.load(index) * (1 - learningRate * weightDecay) - learningRate * direction);
        Storage.store(stateType, momentum, index, moved);
    }
}
