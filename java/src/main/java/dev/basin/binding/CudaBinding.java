package dev.basin.binding;

import dev.basin.kernel.Kernels;
import dev.basin.kernel.TableKernels;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;

/**
 * The functions of a CUDA library and its kernels, bound by the foreign function interface or by JNI. The property
 * {@value #PROPERTY} names one of the two; without it the second is taken where the first cannot be.
 *
 * @param name {@code panama} or {@code javacpp}
 * @param kernels launched in the stream that the binding was made for
 * @param tables the same for kernels over many tensors
 */
record CudaBinding(String name, CudaFunctions functions, Kernels kernels, TableKernels tables) {
    /** Names the binding to use. */
    static final String PROPERTY = "basin.cuda.binding";

    private static final String JNI_FUNCTIONS = "dev.basin.binding.javacpp.CudaFunctions";

    /** @param stream where kernels are launched; the address 0 is the default stream */
    static CudaBinding load(Path library, MemorySegment stream) throws BackendUnavailableException {
        String name = System.getProperty(PROPERTY, "auto");
        return switch (name) {
            case "auto" -> whicheverLoads(library, stream);
            case PanamaBackend.NAME -> panama(library, stream);
            case JavacppBackend.NAME -> javacpp(library, stream);
            default -> throw new BackendUnavailableException(
                    PROPERTY + " must be " + PanamaBackend.NAME + " or " + JavacppBackend.NAME + ", got " + name);
        };
    }

    private static CudaBinding whicheverLoads(Path library, MemorySegment stream) throws BackendUnavailableException {
        try {
            return panama(library, stream);
        } catch (BackendUnavailableException reason) {
            try {
                return javacpp(library, stream);
            } catch (BackendUnavailableException other) {
                reason.addSuppressed(other);
                throw reason;
            }
        }
    }

    private static CudaBinding panama(Path library, MemorySegment stream) throws BackendUnavailableException {
        SymbolLookup symbols = NativeLibrary.open(library);
        try {
            CudaFunctions functions = new PanamaBinder(symbols).implement(CudaFunctions.class);
            functions.cudaLastError(); // links, which is what may not be had
            return of(PanamaBackend.NAME, functions, new CudaPanamaBinder(symbols, stream));
        } catch (LinkageError | UnsupportedOperationException failure) {
            throw new BackendUnavailableException(library + " is not a Basin library for CUDA (" + failure + ")", failure);
        }
    }

    /** The JNI library is linked to the other one by its usual name, and finds it beside itself. */
    private static CudaBinding javacpp(Path library, MemorySegment stream) throws BackendUnavailableException {
        JavacppBackend.functions(JNI_FUNCTIONS);
        Platform platform = Platform.current();
        String needed = platform.libraryFileName("basin_cuda");
        if (!library.getFileName().toString().equals(needed)) {
            throw new BackendUnavailableException(
                    "the JavaCPP binding takes a library of the name " + needed + " alone, got " + library);
        }
        Path binding = library.resolveSibling(platform.libraryFileName("jnibasin_cuda"));
        LibraryFormat.check(binding, platform);
        try {
            JniLibrary.load(binding);
            CudaFunctions functions = new JavacppBinder(JNI_FUNCTIONS).implement(CudaFunctions.class);
            return of(JavacppBackend.NAME, functions, new CudaJavacppBinder(JNI_FUNCTIONS, stream));
        } catch (LinkageError failure) {
            throw new BackendUnavailableException(binding + " cannot be bound (" + failure + ")", failure);
        }
    }

    private static CudaBinding of(String name, CudaFunctions functions, FamilyBinder kernels) {
        return new CudaBinding(name, functions, Kernels.of(kernels::implement), kernels.implement(TableKernels.class));
    }
}
