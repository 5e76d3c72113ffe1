package dev.basin.trajectory;

import dev.basin.kernel.KernelDeclaration;
import dev.basin.kernel.TrajectoryKernels;
import dev.basin.loss.Reduction;

/** What a trajectory loss can be told; immutable. */
record TrajectoryOptions(
        double lambda, double tau, double labelSmoothing, int start, int end, int lag, Reduction reduction, int ignoreIndex,
        double gradientScale) {
    private static final KernelDeclaration DECLARATION =
            KernelDeclaration.of(TrajectoryKernels.class, "safLossForwardBackward");

    TrajectoryOptions {
        DECLARATION.checked("lambda", lambda);
        DECLARATION.checked("tau", tau);
        DECLARATION.checked("labelSmoothing", labelSmoothing);
        if (lag < 0) {
            throw new IllegalArgumentException("lag must be at least 0, got " + lag);
        }
        if (start + 1L < lag) {
            throw new IllegalArgumentException("start must be at least " + (lag - 1L) + ", so that what is " + lag
                    + " epochs old was written once it counts, got " + start);
        }
        if (!Double.isFinite(gradientScale)) {
            throw new IllegalArgumentException("gradientScale must be finite, got " + gradientScale);
        }
    }

    TrajectoryOptions lambda(double factor) {
        return new TrajectoryOptions(factor, tau, labelSmoothing, start, end, lag, reduction, ignoreIndex, gradientScale);
    }

    TrajectoryOptions tau(double temperature) {
        return new TrajectoryOptions(
                lambda, temperature, labelSmoothing, start, end, lag, reduction, ignoreIndex, gradientScale);
    }

    TrajectoryOptions labelSmoothing(double smoothing) {
        return new TrajectoryOptions(lambda, tau, smoothing, start, end, lag, reduction, ignoreIndex, gradientScale);
    }

    TrajectoryOptions epochs(int from, int to, int ago) {
        return new TrajectoryOptions(lambda, tau, labelSmoothing, from, to, ago, reduction, ignoreIndex, gradientScale);
    }

    TrajectoryOptions reduction(Reduction how) {
        return new TrajectoryOptions(lambda, tau, labelSmoothing, start, end, lag, how, ignoreIndex, gradientScale);
    }

    TrajectoryOptions ignoreIndex(int index) {
        return new TrajectoryOptions(lambda, tau, labelSmoothing, start, end, lag, reduction, index, gradientScale);
    }

    TrajectoryOptions gradientScale(double scale) {
        return new TrajectoryOptions(lambda, tau, labelSmoothing, start, end, lag, reduction, ignoreIndex, scale);
    }
}
