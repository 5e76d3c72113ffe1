package dev.basin.fallback;

import dev.basin.DataType;
import dev.basin.kernel.OptimizerKernels;
import dev.basin.kernel.SharpnessKernels;
import java.lang.foreign.MemorySegment;

/** Perturbations towards the sharpest direction nearby, and k-means, in double. */
final class ReferenceSharpnessKernels implements SharpnessKernels {
    private static final int F32 = DataType.F32.code();
    private static final int F64 = DataType.F64.code();

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

    @Override
    public void kmeansAssign(
            int xType, MemorySegment x, long xStride, MemorySegment centres, MemorySegment products, MemorySegment squares,
            MemorySegment assignments, MemorySegment distances, long rowBegin, long rowEnd, long width, long clusters,
            double slackScale, double slack) {
        double[][] all = new double[(int) clusters][];
        for (int j = 0; j < clusters; j++) {
            all[j] = Storage.loadRow(F64, centres, j * width, (int) width);
        }
        boolean hasProducts = !Storage.isAbsent(products) && !Storage.isAbsent(squares);
        float[] scores = new float[(int) clusters];
        for (long row = rowBegin; row < rowEnd; row++) {
            double[] point = Storage.loadRow(xType, x, row * xStride, (int) width);
            float limit = Float.POSITIVE_INFINITY;
            if (hasProducts) {
                loadScores(products, row * clusters, squares, scores);
                limit = lowest(scores) + ((float) slack + (float) slackScale * largestMagnitude(point));
            }
            int best = -1;
            double distance = 0;
            for (int j = 0; j < clusters; j++) {
                if (hasProducts && scores[j] > limit) {
                    continue;
                }
                double measured = squaredDistance(point, all[j]);
                if (best < 0 || measured < distance) {
                    best = j;
                    distance = measured;
                }
            }
            Storage.storeIntIfPresent(assignments, row, best);
            Storage.storeIfPresent(F64, distances, row, distance);
        }
    }

    /** In eight partial sums, as every backend adds it up. */
    private static double squaredDistance(double[] x, double[] centre) {
        double[] parts = new double[8];
        for (int i = 0; i < x.length; i++) {
            double apart = x[i] - centre[i];
            parts[i % 8] += apart * apart;
        }
        double total = 0;
        for (double part : parts) {
            total += part;
        }
        return total;
    }

    private static void loadScores(MemorySegment products, long first, MemorySegment squares, float[] scores) {
        for (int j = 0; j < scores.length; j++) {
            scores[j] = (float) Storage.load(F32, squares, j) - 2 * (float) Storage.load(F32, products, first + j);
        }
    }

    private static float lowest(float[] scores) {
        float lowest = Float.POSITIVE_INFINITY;
        for (float score : scores) {
            lowest = score < lowest ? score : lowest;
        }
        return lowest;
    }

    private static float largestMagnitude(double[] values) {
        double largest = 0;
        for (double value : values) {
            largest = Math.abs(value) > largest ? Math.abs(value) : largest;
        }
        return (float) largest;
    }

    @Override
    public void kmeansSums(
            int xType, MemorySegment x, long xStride, MemorySegment assignments, MemorySegment sums, MemorySegment counts,
            long blockBegin, long blockEnd, long rows, long width, long clusters, long blockRows) {
        for (long block = blockBegin; block < blockEnd; block++) {
            double[] sum = new double[(int) (clusters * width)];
            double[] count = new double[(int) clusters];
            for (long row = block * blockRows; row < Math.min(rows, (block + 1) * blockRows); row++) {
                int own = Storage.loadInt(assignments, row);
                count[own]++;
                for (int i = 0; i < width; i++) {
                    sum[(int) (own * width) + i] += Storage.load(xType, x, row * xStride + i);
                }
            }
            Storage.storeRowIfPresent(F64, sums, block * sum.length, sum);
            Storage.storeRowIfPresent(F64, counts, block * clusters, count);
        }
    }

    private static void copy(int type, MemorySegment from, MemorySegment to, long begin, long end) {
        long bytes = DataType.ofCode(type).byteSize();
        MemorySegment.copy(from, begin * bytes, to, begin * bytes, (end - begin) * bytes);
    }
}
