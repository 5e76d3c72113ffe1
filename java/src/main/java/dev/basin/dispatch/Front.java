package dev.basin.dispatch;

import dev.basin.binding.Backend;
import dev.basin.kernel.KernelDeclaration;
import dev.basin.kernel.Kernels;
import java.lang.reflect.Method;
import java.util.List;

/** The kernels of a backend behind validation and threads. */
public final class Front {
    private Front() {}

    /**
     * @param parallelThreshold bytes below which a call stays on the calling thread
     * @param lifetime until when calls are taken
     * @param traffic what notes the calls while it is told to
     */
    public static Kernels over(
            Backend backend, Team team, long parallelThreshold, Lifetime lifetime, Traffic traffic) {
        return make(backend, team, parallelThreshold, lifetime, traffic, false);
    }

    /** Kernels that check their arguments for a backend and do nothing else. */
    public static Kernels checksOf(Backend backend, Lifetime lifetime) {
        return make(backend, Team.of(1), 0, lifetime, new Traffic(), true);
    }

    private static Kernels make(
            Backend backend, Team team, long parallelThreshold, Lifetime lifetime, Traffic traffic, boolean checksOnly) {
        return Kernels.of(new Kernels.FamilyImplementation() {
            @Override
            public <F> F of(Class<F> family) {
                Target target = new Target(backend.kernels().family(family), backend.takesHeapMemory(),
                        backend.takesEveryType(), backend.device(), checksOnly, traffic);
                return family(family, target, team, parallelThreshold, lifetime);
            }
        });
    }

    /** One family, which need not be one of {@link Kernels}. */
    public static <F> F family(Class<F> family, Target target, Team team, long parallelThreshold, Lifetime lifetime) {
        List<Method> methods = KernelDeclaration.methods(family);
        List<LazyDispatcher> dispatchers = methods.stream()
                .map(method -> new LazyDispatcher(() -> new KernelDispatcher(
                        KernelDeclaration.of(family, method), target, team, parallelThreshold, lifetime)))
                .toList();
        return FrontBinder.bind(family, methods, dispatchers);
    }
}
