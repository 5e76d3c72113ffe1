package dev.basin.kernel;

import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Every kernel of one backend. A family is made when it is first asked for, so that opening costs the same however many there are. */
public final class Kernels {
    /** The interfaces of the seam. */
    public static final List<Class<?>> FAMILIES = List.of(
            LossKernels.class,
            OptimizerKernels.class,
            NormKernels.class,
            SharpnessKernels.class,
            TrajectoryKernels.class,
            DiagnosticKernels.class,
            BandwidthKernels.class,
            OutputKernels.class,
            WeightKernels.class,
            LinearKernels.class,
            DistributedKernels.class,
            OnlineKernels.class);

    private final FamilyImplementation implementation;
    private final AtomicReferenceArray<@Nullable Object> made = new AtomicReferenceArray<>(FAMILIES.size());

    private Kernels(FamilyImplementation implementation) {
        this.implementation = implementation;
    }

    /** Makes a set from a way to implement one family. */
    public static Kernels of(FamilyImplementation implementation) {
        return new Kernels(implementation);
    }

    public LossKernels loss() {
        return family(LossKernels.class, 0);
    }

    public OptimizerKernels optimizer() {
        return family(OptimizerKernels.class, 1);
    }

    public NormKernels norm() {
        return family(NormKernels.class, 2);
    }

    public SharpnessKernels sharpness() {
        return family(SharpnessKernels.class, 3);
    }

    public TrajectoryKernels trajectory() {
        return family(TrajectoryKernels.class, 4);
    }

    public DiagnosticKernels diagnostic() {
        return family(DiagnosticKernels.class, 5);
    }

    public BandwidthKernels bandwidth() {
        return family(BandwidthKernels.class, 6);
    }

    public OutputKernels output() {
        return family(OutputKernels.class, 7);
    }

    public WeightKernels weight() {
        return family(WeightKernels.class, 8);
    }

    public LinearKernels linear() {
        return family(LinearKernels.class, 9);
    }

    public DistributedKernels distributed() {
        return family(DistributedKernels.class, 10);
    }

    public OnlineKernels online() {
        return family(OnlineKernels.class, 11);
    }

    /** The implementation of a family given by its interface. */
    public <F> F family(Class<F> family) {
        int index = FAMILIES.indexOf(family);
        if (index < 0) {
            throw new IllegalArgumentException("family must be one of " + FAMILIES + ", got " + family);
        }
        return family(family, index);
    }

    private <F> F family(Class<F> family, int index) {
        Object kernels = made.get(index);
        return family.cast(kernels == null ? make(family, index) : kernels);
    }

    private synchronized <F> F make(Class<F> family, int index) {
        Object kernels = made.get(index);
        if (kernels == null) {
            kernels = implementation.of(family);
            made.set(index, kernels);
        }
        return family.cast(kernels);
    }

    /** Makes an implementation of any one family. */
    @FunctionalInterface
    public interface FamilyImplementation {
        <F> F of(Class<F> family);
    }
}
