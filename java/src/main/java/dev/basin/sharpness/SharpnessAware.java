package dev.basin.sharpness;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.dispatch.CommonChecks;
import dev.basin.dispatch.Partials;
import dev.basin.kernel.Kernels;
import dev.basin.kernel.SharpnessKernels;
import dev.basin.optim.Gradients;
import dev.basin.optim.Optimizer;
import dev.basin.optim.Parameter;
import dev.basin.optim.Perturbation;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Sharpness-aware minimisation around any optimizer: SAM (Foret et al., arXiv 2010.01412) and ASAM (Kwon et al., arXiv
 * 2102.11600).
 *
 * <pre>{@code
 * perturb:  w = w + rho T^2 g / (|T g| + 1e-12)       |.| over all parameters together, g the gradient at w
 * step:     w back, then the optimizer's step with the gradient at the perturbed weights
 * }</pre>
 *
 * {@link SharpnessOptions.Mode} says what {@code T} is. The gradient counts the perturbation as constant. ASAM's authors add 1e-16 to
 * the norm.
 *
 * <p>Weights and gradients are f32 or bf16; bf16 weights are perturbed as they are stored, rounded to nearest. The norm's squares are
 * added up in f64, in an order that the shapes alone decide; no f32 gradient overflows it. Where the norm is 0 weights keep their
 * bits, and where it is not finite they do too, and {@link Result} says so: a trainer may then {@link #restore} and skip the step.
 *
 * <p>By default a copy of the weights is kept, so that they come back to the bit. {@link SharpnessOptions#recomputed} saves that
 * memory and works the perturbation out again, for f32 weights; then gradients must stay as they were until the step, whose own
 * gradients are others.
 *
 * <p>Around {@link dev.basin.optim.Sgd} in f32 way back and step are one pass over memory, with the bits of the one after the other.
 * On a device, way there and way back are launches over all parameters that are scaled alike, and then the step follows.
 * Calls of one wrapper must not overlap in time. A refused call changes nothing.
 */
public final class SharpnessAware {
    private final Basin basin;
    private final Optimizer<?> optimizer;
    private final SharpnessOptions options;
    private final List<Tensor> weights;
    private final List<Tensor> savedWeights;
    private final List<Perturbation.Scale> scales;
    private final Tensor norm;
    private final Tensor ascentFactor;
    private final @Nullable TablePerturbation table;
    private @Nullable Perturbation perturbation;
    private boolean together;

    private SharpnessAware(Basin basin, Optimizer<?> optimizer, SharpnessOptions options, Predicate<Parameter> isScaled) {
        List<Parameter> parameters = optimizer.parameters();
        if (parameters.isEmpty()) {
            throw new IllegalArgumentException("the optimizer must have parameters, got none");
        }
        if (options.recomputed()) {
            parameters.forEach(SharpnessAware::requireExact);
        }
        Arena arena = Arena.ofAuto();
        this.basin = basin;
        this.optimizer = optimizer;
        this.options = options;
        this.weights = parameters.stream().map(Parameter::tensor).toList();
        this.savedWeights = options.recomputed() ? List.of()
                : weights.stream().map(tensor -> basin.zerosLike(arena, tensor, tensor.type())).toList();
        this.scales = parameters.stream().map(parameter -> options.scale(isScaled.test(parameter))).toList();
        this.norm = Tensor.allocate(arena, DataType.F64);
        this.ascentFactor = Tensor.allocate(arena, DataType.F32);
        this.table = weights.size() > 1 && basin.areOnDevice(weights) && CommonChecks.haveMemoryOfTheirOwn(weights)
                ? new TablePerturbation(basin.device(), weights, savedWeights, scales)
                : null;
    }

    /** Around an optimizer, with one {@code T} for all its parameters. */
    public static SharpnessAware over(Basin basin, Optimizer<?> optimizer, SharpnessOptions options) {
        return over(basin, optimizer, options, parameter -> true);
    }

    /**
     * Around an optimizer.
     *
     * @param isScaled whether {@link SharpnessOptions.Mode#ASAM} scales a parameter; its authors scale weights and leave biases at {@code T = 1}
     */
    public static SharpnessAware over(
            Basin basin, Optimizer<?> optimizer, SharpnessOptions options, Predicate<Parameter> isScaled) {
        return new SharpnessAware(basin, optimizer, options, isScaled);
    }

    /**
     * What came of a perturbation.
     *
     * @param norm of {@code T g} over all parameters
     * @param isFinite whether it is; if not, the weights are where they were
     */
    public record Result(double norm, boolean isFinite) {}

    /** The copies that hold the weights while they are perturbed, in the order of the parameters; empty if they are recomputed. */
    public List<Tensor> savedWeights() {
        return savedWeights;
    }

    /** Whether the next call must be {@link #step} or {@link #restore}. */
    public boolean isPerturbed() {
        return perturbation != null;
    }

    /** Moves the weights along gradients as they are. */
    public Result perturb(List<Tensor> gradients) {
        return perturb(Gradients.of(gradients));
    }

    /**
     * Moves the weights to the worst point nearby.
     *
     * @param gradients at the weights, shaped like the parameters and in their order
     * @throws IllegalStateException if the weights are perturbed already
     * @throws IllegalArgumentException naming what does not fit
     */
    public Result perturb(Gradients gradients) {
        if (perturbation != null) {
            throw new IllegalStateException("the weights are perturbed already: step or restore must come before perturb");
        }
        Kernels kernels = basin.kernels();
        optimizer.check(gradients, 0);
        Perturbation next = new Perturbation(
                savedWeights, options.recomputed() ? kept(gradients) : null, norm, options.rho(), scales);
        applyAll(next, basin.checks().sharpness(), gradients);
        together = table != null && basin.areOnDevice(gradients.tensors()) && !basin.traffic().isRecording();
        double length = norm(kernels.sharpness(), gradients);
        norm.set(0, length);
        if (together) {
            table().apply(length, options.rho(), gradients.factoredScale());
        } else {
            applyAll(next, kernels.sharpness(), gradients);
        }
        perturbation = next;
        return new Result(length, Double.isFinite(length));
    }

    /** Moves the weights back and steps, with gradients as they are. */
    public void step(List<Tensor> gradients, double learningRate) {
        step(Gradients.of(gradients), learningRate);
    }

    /**
     * Moves the weights back and makes a step of the optimizer.
     *
     * @param gradients at the perturbed weights; where these are recomputed, not in the memory of those of {@link #perturb}
     * @throws IllegalStateException if the weights are not perturbed
     * @throws IllegalArgumentException naming what does not fit; the weights are still perturbed then
     */
    public void step(Gradients gradients, double learningRate) {
        Perturbation current = current("step");
        requireOtherMemory(current.ascent(), gradients);
        if (together) {
            optimizer.check(gradients, learningRate);
            restoreTogether(current);
            optimizer.step(gradients, learningRate);
        } else {
            optimizer.restoreAndStep(current, gradients, learningRate);
        }
        perturbation = null;
    }

    /**
     * Moves the weights back without a step.
     *
     * @throws IllegalStateException if the weights are not perturbed
     */
    public void restore() {
        Perturbation current = current("restore");
        Kernels kernels = basin.kernels();
        restoreAll(current, basin.checks().sharpness());
        if (together) {
            restoreTogether(current);
        } else {
            restoreAll(current, kernels.sharpness());
        }
        perturbation = null;
    }

    /** Half-precision weights would come back with the rounding of the perturbed ones, and unlike their master. */
    private static void requireExact(Parameter parameter) {
        DataType type = parameter.tensor().type();
        if (type == DataType.BF16 || type == DataType.F16) {
            throw new IllegalArgumentException("parameter " + parameter.name() + " must be f32 to be recomputed, got " + type.label());
        }
    }

    private Perturbation current(String call) {
        Perturbation current = perturbation;
        if (current == null) {
            throw new IllegalStateException("the weights are not perturbed: perturb must come before " + call);
        }
        return current;
    }

    /** With a factor of their own, since the caller may compute the next one in the same memory. */
    private Gradients kept(Gradients gradients) {
        Tensor factor = gradients.factor();
        if (factor == null) {
            return gradients;
        }
        ascentFactor.set(0, factor.get(0));
        return gradients.factor(ascentFactor);
    }

    private void applyAll(Perturbation next, SharpnessKernels kernels, Gradients gradients) {
        for (int i = 0; i < weights.size(); i++) {
            next.apply(kernels, i, weights.get(i), gradients);
        }
    }

    private void restoreAll(Perturbation current, SharpnessKernels kernels) {
        for (int i = 0; i < weights.size(); i++) {
            current.restore(kernels, i, weights.get(i));
        }
    }

    private void restoreTogether(Perturbation current) {
        Gradients ascent = current.ascent();
        table().restore(options.rho(), ascent == null ? 1 : ascent.factoredScale());
    }

    private TablePerturbation table() {
        return Objects.requireNonNull(table);
    }

    private double norm(SharpnessKernels kernels, Gradients gradients) {
        double total = 0;
        if (together) {
            table().take(gradients.tensors());
            total = table().squaredNorm();
        } else {
            for (int i = 0; i < weights.size(); i++) {
                total += squaredNorm(kernels, weights.get(i), gradients.tensors().get(i), scales.get(i));
            }
        }
        return Math.sqrt(total) * Math.abs(gradients.factoredScale());
    }

    private double squaredNorm(SharpnessKernels kernels, Tensor tensor, Tensor gradient, Perturbation.Scale scale) {
        long blocks = Math.ceilDiv(tensor.size(), SharpnessKernels.SAM_NORM_BLOCK);
        MemorySegment partials = basin.scratch().acquire(blocks * Double.BYTES);
        try {
            kernels.samNorm(tensor.type().code(), tensor.memory(), gradient.type().code(), gradient.memory(), partials,
                    0, blocks, tensor.size(), scale.isAdaptive() ? 1 : 0, scale.eta());
            return Partials.sum(partials, blocks);
        } finally {
            basin.scratch().release(partials);
        }
    }

    private static void requireOtherMemory(@Nullable Gradients ascent, Gradients gradients) {
        if (ascent == null) {
            return;
        }
        for (Tensor needed : ascent.tensors()) {
            for (Tensor given : gradients.tensors()) {
                if (CommonChecks.occupied(needed).asOverlappingSlice(CommonChecks.occupied(given)).isPresent()) {
                    throw new IllegalArgumentException("the gradients of a step must not be in the memory of those of perturb, "
                            + "from which the weights are recomputed");
                }
            }
        }
    }
}
