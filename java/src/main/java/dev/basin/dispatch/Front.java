package dev.basin.dispatch;

import dev.basin.binding.Backend;
import dev.basin.kernel.KernelDeclaration;
import dev.basin.kernel.Kernels;
import java.util.List;
import java.util.function.Function;

/** The kernels of a backend behind validation and threads. */
public final class Front {
    private Front() {}

    /** @param parallelThreshold bytes below which a call stays on the calling thread */
    public static Kernels over(Backend backend, Team team, long parallelThreshold) {
        return make(declaration -> new KernelDispatcher(declaration, backend, team, parallelThreshold, false));
    }

    /** Kernels that check their arguments for a backend and do nothing else. */
    public static Kernels checksOf(Backend backend) {
        Team nobody = Team.of(1);
        return make(declaration -> new KernelDispatcher(declaration, backend, nobody, 0, true));
    }

    private static Kernels make(Function<KernelDeclaration, KernelDispatcher> dispatcher) {
        return Kernels.of(new Kernels.FamilyImplementation() {
            @Override
            public <F> F of(Class<F> family) {
                return front(family, dispatcher);
            }
        });
    }

    static <F> F front(Class<F> family, Function<KernelDeclaration, KernelDispatcher> dispatcher) {
        List<KernelDeclaration> declarations = KernelDeclaration.of(family);
        List<LazyDispatcher> dispatchers = declarations.stream()
                .map(declaration -> new LazyDispatcher(() -> dispatcher.apply(declaration)))
                .toList();
        return FrontBinder.bind(family, declarations, dispatchers);
    }
}
