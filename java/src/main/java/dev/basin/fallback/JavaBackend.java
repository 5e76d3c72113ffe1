package dev.basin.fallback;

import dev.basin.binding.Backend;
import dev.basin.kernel.DiagnosticKernels;
import dev.basin.kernel.Kernels;
import java.util.Arrays;

/** The seam in Java: always there. */
public final class JavaBackend implements Backend {
    private final String name;
    private final Kernels kernels;
    private final String isa;

    private JavaBackend(String name, Kernels kernels, String isa) {
        this.name = name;
        this.kernels = kernels;
        this.isa = isa;
    }

    /** The reference: plain, and in double. */
    public static JavaBackend reference() {
        return new JavaBackend("reference", referenceKernels(), "double precision");
    }

    /** The reference, with faster versions in float where there are any. */
    public static JavaBackend fast() {
        Kernels reference = referenceKernels();
        FastOptimizerKernels optimizer = new FastOptimizerKernels();
        Kernels fast = kernels(
                VectorSupport.isPresent() ? new FastLossKernels(reference.loss()) : reference.loss(),
                optimizer,
                reference.norm(),
                new ReferenceSharpnessKernels(optimizer),
                new FastTrajectoryKernels(reference.trajectory()),
                reference.diagnostic(),
                reference.bandwidth(),
                reference.output(),
                reference.weight(),
                new FastLinearKernels(),
                reference.distributed(),
                reference.online());
        return new JavaBackend("java", fast, VectorSupport.description());
    }

    private static Kernels referenceKernels() {
        ReferenceOptimizerKernels optimizer = new ReferenceOptimizerKernels();
        DiagnosticKernels diagnostic = (_, _, _) -> {};
        return kernels(
                new ReferenceLossKernels(),
                optimizer,
                new ReferenceNormKernels(),
                new ReferenceSharpnessKernels(optimizer),
                new ReferenceTrajectoryKernels(),
                diagnostic,
                new JavaBandwidthKernels(),
                new ReferenceOutputKernels(),
                new ReferenceWeightKernels(),
                new ReferenceLinearKernels(),
                new ReferenceDistributedKernels(),
                new ReferenceOnlineKernels());
    }

    private static Kernels kernels(Object... families) {
        return Kernels.of(new Kernels.FamilyImplementation() {
            @Override
            public <F> F of(Class<F> family) {
                return Arrays.stream(families)
                        .filter(family::isInstance)
                        .map(family::cast)
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("no Java version of " + family.getSimpleName()));
            }
        });
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Kernels kernels() {
        return kernels;
    }

    @Override
    public boolean takesHeapMemory() {
        return true;
    }

    @Override
    public boolean takesEveryType() {
        return true;
    }

    @Override
    public String isa() {
        return isa;
    }

    @Override
    public String origin() {
        return "this Java runtime";
    }
}
