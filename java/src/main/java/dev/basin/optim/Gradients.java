package dev.basin.optim;

import dev.basin.DataType;
import dev.basin.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The gradients of an optimizer's parameters, in their order, and what multiplies them as they are read. Prepare one and use it
 * again while the buffers stay.
 *
 * @param scale a number known to the caller: 1 over the number of micro-batches that were added up, or over a loss scale
 * @param factor one f32 element that a kernel computed, such as a clipping factor; null for 1
 */
public record Gradients(List<Tensor> tensors, double scale, @Nullable Tensor factor) {
    public Gradients {
        tensors = List.copyOf(tensors);
        if (!Double.isFinite(scale)) {
            throw new IllegalArgumentException("scale must be finite, got " + scale);
        }
        if (factor != null && (factor.type() != DataType.F32 || factor.size() != 1)) {
            throw new IllegalArgumentException("factor must be one f32 element, got " + factor);
        }
    }

    /** As they are. */
    public static Gradients of(List<Tensor> tensors) {
        return new Gradients(tensors, 1, null);
    }

    /** The scale times the factor, which is read in the host's memory. */
    public double factoredScale() {
        return factor == null ? scale : scale * factor.get(0);
    }

    public Gradients scale(double multiplier) {
        return new Gradients(tensors, multiplier, factor);
    }

    public Gradients factor(@Nullable Tensor computed) {
        return new Gradients(tensors, scale, computed);
    }
}
