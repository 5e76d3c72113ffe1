package dev.basin.distributed;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.dispatch.CommonChecks;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/**
 * Projected gradient ascent on inputs: the attack that federated adversarial learning trains against (Li, Song and Yang, Federated Adversarial
 * Learning: A Framework with Convergence Analysis, 2022, arXiv 2208.03635; the steps are Madry et al.'s, arXiv 1706.06083).
 *
 * <pre>{@code
 * largest magnitude:  x = clamp(clip(x + step sign(g), x0 - rho, x0 + rho), low, high)
 * Euclidean, a row:   x = x + step g / |g|;  d = (x - x0) min(1, rho / |x - x0|);  x = clamp(x0 + d, low, high)
 * }</pre>
 *
 * A row whose gradient is 0 stays, but for the projection. Inputs, gradients and origins {@code [rows, columns]} without gaps, all f32 or all
 * bf16 (f64 on the reference). NaN stays in its element, or spoils its row with the Euclidean norm. Immutable.
 *
 * @param norm what {@code rho} bounds
 * @param rho how far inputs may be moved, at least 0; 8/255 is usual for pictures from 0 to 1
 * @param step at least 0; 2/255 is usual; may be above {@code rho}
 * @param low the least that inputs are; -infinity for no bound
 * @param high the most, at least {@code low}
 */
public record ProjectedGradient(Norm norm, double rho, double step, double low, double high) {
    /** Of a row's movement. */
    public enum Norm {
        LARGEST,
        EUCLIDEAN
    }

    public ProjectedGradient {
        CommonChecks.atLeastZero("rho", rho);
        CommonChecks.atLeastZero("step", step);
        if (!(low <= high)) {
            throw new IllegalArgumentException("low must be at most high, got " + low + " and " + high);
        }
    }

    /** One step, in place. */
    public void step(Basin basin, Tensor inputs, Tensor gradients, Tensor origins) {
        requireLike("inputs", inputs, inputs);
        requireLike("gradients", gradients, inputs);
        requireLike("origins", origins, inputs);
        basin.kernels().distributed().projectedAscent(
                inputs.type().code(), inputs.memory(), gradients.memory(), origins.memory(), 0, inputs.rows(), inputs.columns(),
                norm.ordinal(), step, rho, Math.max(low, -Float.MAX_VALUE), Math.min(high, Float.MAX_VALUE));
    }

    /**
     * The inputs that a model tells worst, as far as so many steps find them. The model stays.
     *
     * @param origins the clean inputs, between {@code low} and {@code high}: clamped and moved, others could be further than {@code rho} away
     * @param start where to begin, or null for the clean inputs; clamped
     * @param moved becomes the inputs that were found
     * @return the sum of their losses
     */
    public double attack(
            Basin basin, AttackedModel model, Tensor origins, Tensor labels, @Nullable Tensor start, int steps, Tensor moved) {
        if (steps < 0) {
            throw new IllegalArgumentException("steps must be at least 0, got " + steps);
        }
        requireLike("moved", moved, origins);
        for (long i = 0; i < origins.size(); i++) {
            if (!(origins.get(i) >= low && origins.get(i) <= high)) {
                throw new IllegalArgumentException("origins must be from " + low + " to " + high + ", got " + origins.get(i) + " at " + i);
            }
        }
        moved.copyFrom(start == null ? origins : start);
        for (long i = 0; i < moved.size() && start != null; i++) {
            moved.set(i, Math.min(high, Math.max(low, moved.get(i))));
        }
        Tensor gradients = Tensor.allocate(Arena.ofAuto(), moved.type(), moved.shape());
        for (int i = 0; i < steps; i++) {
            model.differentiate(moved, labels, gradients);
            step(basin, moved, gradients, origins);
        }
        return model.differentiate(moved, labels, gradients);
    }

    /** What is attacked. */
    @FunctionalInterface
    public interface AttackedModel {
        /**
         * Writes the gradient by the inputs of the sum of losses.
         *
         * @return the sum of losses
         */
        double differentiate(Tensor inputs, Tensor labels, Tensor gradients);
    }

    private static void requireLike(String name, Tensor tensor, Tensor like) {
        boolean isReal = tensor.type() != DataType.I32 && tensor.type() != DataType.F16;
        if (!tensor.hasShapeOf(like) || tensor.type() != like.type() || !tensor.isContiguous() || !isReal) {
            throw new IllegalArgumentException(name + " must be real numbers like inputs, without gaps, got " + tensor + " beside " + like);
        }
    }
}
