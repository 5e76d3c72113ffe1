package dev.basin.optim;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.dispatch.Partials;
import dev.basin.kernel.OptimizerKernels;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Clips gradients by their norm over all tensors: {@code factor = min(1, maxNorm / (norm + 1e-6))}, PyTorch's rule. The gradients
 * are read once, for the norm; the factor goes to the optimizer's step, which multiplies as it reads.
 *
 * <p>The squares are added up in double, in an order that the shapes alone decide. A norm that is not finite leaves the factor at 1
 * and says so, or is refused if that was asked for.
 */
public final class GlobalNormClip {
    private static final double EPSILON = 1e-6;

    private final double maxNorm;
    private final boolean refuseNonFinite;

    /** @param maxNorm above 0; infinity only measures */
    public GlobalNormClip(double maxNorm) {
        this(maxNorm, false);
    }

    private GlobalNormClip(double maxNorm, boolean refuseNonFinite) {
        if (!(maxNorm > 0)) {
            throw new IllegalArgumentException("maxNorm must be above 0, got " + maxNorm);
        }
        this.maxNorm = maxNorm;
        this.refuseNonFinite = refuseNonFinite;
    }

    /** Whether a norm that is not finite is an {@link ArithmeticException} rather than a factor of 1. */
    public GlobalNormClip refuseNonFinite(boolean yes) {
        return new GlobalNormClip(maxNorm, yes);
    }

    /**
     * What came of it.
     *
     * @param gradients the same tensors with a scale that clips them, for {@link Optimizer#step(Gradients, double)}
     * @param norm of the gradients with the scale and factor that they came with
     * @param isFinite whether the norm is
     */
    public record Result(Gradients gradients, double norm, boolean isFinite) {}

    /** Measures the gradients and says how they are to be scaled. */
    public Result apply(Basin basin, Gradients gradients) {
        double norm = norm(basin, gradients);
        boolean isFinite = Double.isFinite(norm);
        if (!isFinite && refuseNonFinite) {
            throw new ArithmeticException("the norm of the gradients must be finite, got " + norm);
        }
        double factor = isFinite ? Math.min(1, maxNorm / (norm + EPSILON)) : 1;
        return new Result(gradients.scale(gradients.scale() * factor), norm, isFinite);
    }

    /** The norm over all tensors, with the scale and the factor that the gradients come with. */
    public static double norm(Basin basin, Gradients gradients) {
        List<Tensor> tensors = gradients.tensors();
        boolean together = tensors.size() > 1 && basin.areOnDevice(tensors) && !basin.traffic().isRecording();
        double total = together
                ? squaredNormTogether(basin, gradients)
                : squaredNormOneByOne(basin.kernels().optimizer(), basin, gradients);
        return Math.sqrt(total) * Math.abs(gradients.factoredScale());
    }

    private static double squaredNormTogether(Basin basin, Gradients gradients) {
        squaredNormOneByOne(basin.checks().optimizer(), basin, gradients);
        return basin.tableSums().squaredNorm(gradients.tensors());
    }

    private static double squaredNormOneByOne(OptimizerKernels kernels, Basin basin, Gradients gradients) {
        double total = 0;
        for (Tensor tensor : gradients.tensors()) {
            total += squaredNorm(kernels, basin, tensor);
        }
        return total;
    }

    private static double squaredNorm(OptimizerKernels kernels, Basin basin, Tensor tensor) {
        if (!tensor.isContiguous()) {
            throw new IllegalArgumentException("gradients must have no gaps between rows, got " + tensor);
        }
        long blocks = Math.ceilDiv(tensor.size(), OptimizerKernels.SQUARED_NORM_BLOCK);
        MemorySegment partials = basin.scratch().acquire(blocks * DataType.F64.byteSize());
        try {
            kernels.squaredNorm(
                    tensor.type().code(), tensor.memory(), partials, 0, blocks, tensor.size());
            return Partials.sum(partials, blocks);
        } finally {
            basin.scratch().release(partials);
        }
    }
}
