package dev.basin.optim;

import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.kernel.SharpnessKernels;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the parameters of an optimizer were moved before their gradients were taken, for a step to move them back first:
 * {@code w + rho / (norm + 1e-12) T^2 g}. {@link dev.basin.sharpness.SharpnessAware} makes them.
 *
 * @param saved the weights as they were, in the order of the parameters; empty if they are to be worked out from {@code ascent}
 * @param ascent the gradients that the weights were moved along; null if the weights were saved
 * @param norm one f64 element, the norm of {@code T g} over all parameters; 0 or not finite if nothing was moved
 * @param rho how far the weights were moved
 * @param scales {@code T} for each parameter
 */
public record Perturbation(
        List<Tensor> saved, @Nullable Gradients ascent, Tensor norm, double rho, List<Scale> scales) {
    public Perturbation {
        saved = List.copyOf(saved);
        scales = List.copyOf(scales);
        if (saved.isEmpty() == (ascent == null)) {
            throw new IllegalArgumentException("a perturbation must have saved weights or else the gradients of its ascent");
        }
    }

    /** {@code T = |w| + eta}, or 1 where it is not adaptive. */
    public record Scale(boolean isAdaptive, double eta) {}

    /** Moves one parameter. */
    @SuppressWarnings("exports")
    public void apply(SharpnessKernels kernels, int index, Tensor weights, Gradients gradients) {
        Tensor gradient = gradients.tensors().get(index);
        Scale scale = scales.get(index);
        kernels.samPerturb(
                weights.type().code(), weights.memory(), savedMemory(index), gradient.type().code(), gradient.memory(),
                norm.memory(), Optimizer.factor(gradients), 0, weights.size(),
                rho, scale.isAdaptive() ? 1 : 0, scale.eta(), gradients.scale());
    }

    /** Moves one parameter back. */
    @SuppressWarnings("exports")
    public void restore(SharpnessKernels kernels, int index, Tensor weights) {
        Scale scale = scales.get(index);
        kernels.samRestore(
                weights.type().code(), weights.memory(), savedMemory(index), ascentType(index, weights).code(), ascentMemory(index),
                norm.memory(), ascentFactor(), 0, weights.size(),
                rho, scale.isAdaptive() ? 1 : 0, scale.eta(), ascentScale());
    }

    MemorySegment savedMemory(int index) {
        return saved.isEmpty() ? MemorySegment.NULL : saved.get(index).memory();
    }

    MemorySegment ascentMemory(int index) {
        return ascent == null ? MemorySegment.NULL : ascent.tensors().get(index).memory();
    }

    DataType ascentType(int index, Tensor weights) {
        return ascent == null ? weights.type() : ascent.tensors().get(index).type();
    }

    MemorySegment ascentFactor() {
        return ascent == null ? MemorySegment.NULL : Optimizer.factor(ascent);
    }

    double ascentScale() {
        return ascent == null ? 1 : ascent.scale();
    }
}
