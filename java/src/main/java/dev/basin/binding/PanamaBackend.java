package dev.basin.binding;

import dev.basin.kernel.Kernels;

/** The native kernels by the foreign function interface of the JDK; takes heap memory without a copy. */
public final class PanamaBackend {
    /** The name by which it is chosen. */
    public static final String NAME = "panama";

    private PanamaBackend() {}

    /** Binds a family of kernels, which need not be one of {@link Kernels}; what the library lacks shows at its first call. */
    public static <F> F bind(Class<F> family) throws BackendUnavailableException {
        return new PanamaBinder(NativeLibrary.open().symbols()).implement(family);
    }

    /** Loads the native library and binds its kernels. */
    public static Backend load() throws BackendUnavailableException {
        NativeLibrary library = NativeLibrary.open();
        try {
            Kernels kernels = Kernels.of(new PanamaBinder(library.symbols())::implement);
            SelfCheck.run(kernels);
            return new LoadedBackend(NAME, kernels, true, library.isa(), library.folder().origin());
        } catch (LinkageError | UnsupportedOperationException failure) {
            throw new BackendUnavailableException("the native library cannot be bound (" + failure + ")", failure);
        }
    }
}
