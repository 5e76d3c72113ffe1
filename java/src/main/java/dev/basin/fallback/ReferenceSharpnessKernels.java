package dev.basin.fallback;

import dev.basin.DataType;
import dev.basin.kernel.OptimizerKernels;
import dev.basin.kernel.SharpnessKernels;
import java.lang.foreign.MemorySegment;

/** Perturbations towards the sharpest direction nearby, in double. */
final class ReferenceSharpnessKernels implements SharpnessKernels {
    private final OptimizerKernels optimizer;

    /** @param optimizer makes the step after a restoration */
    ReferenceSharpnessKernels(OptimizerKernels optimizer) {
        this.optimizer = optimizer;
    }

    @Override
    public void samNorm(
            int weightsType, MemorySegment weights, int gradientsType, MemorySegment gradients, MemorySegment partials,
            long blockBegin, long blockEnd, long elements, int adaptive, double eta) {
        Perturbation perturbation = new Perturbation(0, adaptive == 1, eta);
        for (long block = blockBegin; block < blockEnd; block++) {
            double total = 0;
            long end = Math.min(elements, (block + 1) * SAM_NORM_BLOCK);
            for (long i = block * SAM_NORM_BLOCK; i < end; i++) {
                double scaled = perturbation.scale(Storage.load(weightsType, weights, i))
                        * Storage.load(gradientsType, gradients, i);
                total += scaled * scaled;
            }
            Storage.store(DataType.F64.code(), partials, block, total);
        }
    }

    @Override
    public void samPerturb(
            int weightsType, MemorySegment weights, MemorySegment savedWeights, int gradientsType, MemorySegment gradients,
            MemorySegment norm, MemorySegment gradFactor, long begin, long end,
            double rho, int adaptive, double eta, double gradScale) {
        Perturbation perturbation = Perturbation.of(rho, norm, gradScale, gradFactor, adaptive, eta);
        if (!Storage.isAbsent(savedWeights)) {
            copy(weightsType, weights, savedWeights, begin, end);
        }
        for (long i = begin; i < end && !perturbation.isZero(); i++) {
            double w = Storage.load(weightsType, weights, i);
            Storage.store(weightsType, weights, i, perturbation.perturbed(w, Storage.load(gradientsType, gradients, i)));
        }
    }

    @Override
    public void samRestore(
            int weightsType, MemorySegment weights, MemorySegment savedWeights,
            int ascentGradientsType, MemorySegment ascentGradients, MemorySegment norm, MemorySegment ascentFactor,
            long begin, long end, double rho, int adaptive, double eta, double ascentScale) {
        if (!Storage.isAbsent(savedWeights)) {
            copy(weightsType, savedWeights, weights, begin, end);
            return;
        }
        Perturbation perturbation = Perturbation.of(rho, norm, ascentScale, ascentFactor, adaptive, eta);
        boolean stays = perturbation.isZero() || Storage.isAbsent(ascentGradients);
        for (long i = begin; i < end && !stays; i++) {
            double perturbed = Storage.load(weightsType, weights, i);
            double g = Storage.load(ascentGradientsType, ascentGradients, i);
            Storage.store(weightsType, weights, i, perturbation.undone(perturbed, g));
        }
    }

    @Override
    public void samRestoreSgdMomentumStep(
            int weightsType, MemorySegment weights, MemorySegment savedWeights,
            int ascentGradientsType, MemorySegment ascentGradients, MemorySegment norm, MemorySegment ascentFactor,
            int gradientsType, MemorySegment gradients, int stateType, MemorySegment momentumBuffer, MemorySegment gradFactor,
            long begin, long end, double rho, int adaptive, double eta, double ascentScale,
            double learningRate, double momentum, double dampening, int nesterov, double weightDecay, double gradScale,
            long step) {
        samRestore(weightsType, weights, savedWeights, ascentGradientsType, ascentGradients, norm, ascentFactor,
                begin, end, rho, adaptive, eta, ascentScale);
        optimizer.sgdMomentumStep(weightsType, weights, MemorySegment.NULL, gradientsType, gradients, stateType, momentumBuffer,
                gradFactor, begin, end, learningRate, momentum, dampening, nesterov, weightDecay, gradScale, step);
    }

    private static void copy(int type, MemorySegment from, MemorySegment to, long begin, long end) {
        long bytes = DataType.ofCode(type).byteSize();
        MemorySegment.copy(from, begin * bytes, to, begin * bytes, (end - begin) * bytes);
    }
}
