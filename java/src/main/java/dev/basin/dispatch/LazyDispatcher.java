package dev.basin.dispatch;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes a kernel's dispatcher at the kernel's first call, so that opening Basin does not pay for kernels nobody calls. */
public final class LazyDispatcher {
    private final Supplier<KernelDispatcher> supplier;
    private volatile @Nullable KernelDispatcher dispatcher;

    LazyDispatcher(Supplier<KernelDispatcher> supplier) {
        this.supplier = supplier;
    }

    public KernelDispatcher get() {
        KernelDispatcher made = dispatcher;
        return made != null ? made : make();
    }

    private synchronized KernelDispatcher make() {
        KernelDispatcher made = dispatcher;
        if (made == null) {
            made = supplier.get();
            dispatcher = made;
        }
        return made;
    }
}
