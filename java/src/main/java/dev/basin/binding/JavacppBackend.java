package dev.basin.binding;

import dev.basin.kernel.Kernels;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Path;

/** The native kernels by JNI, through what JavaCPP made of the headers; takes off-heap memory alone. */
public final class JavacppBackend {
    /** The name by which it is chosen. */
    public static final String NAME = "javacpp";

    private JavacppBackend() {}

    /** Binds a family of kernels, which need not be one of {@link Kernels}; what the library lacks shows at its first call. */
    public static <F> F bind(Class<F> family) {
        return new JavacppBinder().implement(family);
    }

    /** Loads the native library and the JNI library beside it, and binds the kernels. */
    public static Backend load() throws BackendUnavailableException {
        Class<?> functions = functions(JavacppBinder.FUNCTIONS);
        NativeLibrary library = NativeLibrary.open();
        Platform platform = Platform.current();
        Path binding = library.folder().file("jnibasin", platform);
        LibraryFormat.check(binding, platform);
        try {
            JniLibrary.load(binding);
            prepare(functions, library, binding);
            Kernels kernels = Kernels.of(new JavacppBinder()::implement);
            SelfCheck.run(kernels);
            return new LoadedBackend(NAME, kernels, false, library.isa(), library.folder().origin());
        } catch (LinkageError failure) {
            throw new BackendUnavailableException(binding + " cannot be bound (" + failure + ")", failure);
        }
    }

    /** A class that JavaCPP made, by its name. */
    static Class<?> functions(String name) throws BackendUnavailableException {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException javaOnly) {
            throw new BackendUnavailableException("this build of Basin is Java only, it has no JavaCPP binding", javaOnly);
        } catch (LinkageError missing) {
            throw new BackendUnavailableException(
                    "JavaCPP is not on the class path: add the dependency org.bytedeco:javacpp", missing);
        }
    }

    /**
     * The binding links to a library by name, which need not be the one just opened: it is asked for its version too, and
     * told the instruction set.
     */
    private static void prepare(Class<?> functions, NativeLibrary library, Path binding) throws BackendUnavailableException {
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        try {
            int version = (int) lookup.findStatic(functions, "basin_abi_version", MethodType.methodType(int.class)).invokeExact();
            if (version != NativeLibrary.ABI_VERSION) {
                throw new BackendUnavailableException(binding + " is linked to a library of another version of Basin, number "
                        + version + "; this version needs " + NativeLibrary.ABI_VERSION);
            }
            int unused = (int) lookup.findStatic(functions, "basin_isa_select", MethodType.methodType(int.class, int.class))
                    .invokeExact(library.instructionSet());
        } catch (LinkageError | BackendUnavailableException failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new AssertionError("a C function throws nothing", impossible);
        }
    }
}
