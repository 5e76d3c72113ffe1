package dev.basin.kernel;

import java.util.List;

/** Every kernel of one backend, a component a family. */
public record Kernels(
        LossKernels loss,
        OptimizerKernels optimizer,
        NormKernels norm,
        SharpnessKernels sharpness,
        TrajectoryKernels trajectory,
        DiagnosticKernels diagnostic) {
    /** The interfaces of the seam, in the order of the components. */
    public static final List<Class<?>> FAMILIES = List.of(
            LossKernels.class,
            OptimizerKernels.class,
            NormKernels.class,
            SharpnessKernels.class,
            TrajectoryKernels.class,
            DiagnosticKernels.class);

    /** Makes a set from a way to implement one family. */
    public static Kernels of(FamilyImplementation implementation) {
        return new Kernels(
                implementation.of(LossKernels.class),
                implementation.of(OptimizerKernels.class),
                implementation.of(NormKernels.class),
                implementation.of(SharpnessKernels.class),
                implementation.of(TrajectoryKernels.class),
                implementation.of(DiagnosticKernels.class));
    }

    /** The implementation of a family given by its interface. */
    public <F> F family(Class<F> family) {
        Object implementation = family == LossKernels.class ? loss
                : family == OptimizerKernels.class ? optimizer
                : family == NormKernels.class ? norm
                : family == SharpnessKernels.class ? sharpness
                : family == TrajectoryKernels.class ? trajectory
                : family == DiagnosticKernels.class ? diagnostic
                : null;
        if (implementation == null) {
            throw new IllegalArgumentException("family must be one of " + FAMILIES + ", got " + family);
        }
        return family.cast(implementation);
    }

    /** Makes an implementation of any one family. */
    @FunctionalInterface
    public interface FamilyImplementation {
        <F> F of(Class<F> family);
    }
}
