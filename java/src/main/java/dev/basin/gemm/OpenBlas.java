package dev.basin.gemm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.basin.binding.BackendUnavailableException;
import dev.basin.binding.OpenBlasLibrary;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/** OpenBLAS, opened once in a JVM and pinned to one thread a call: the threads are Basin's. */
@SuppressWarnings("restricted") // calling the library is what this is for
final class OpenBlas {
    private static final FunctionDescriptor SGEMM = FunctionDescriptor.ofVoid(
            JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT,
            JAVA_FLOAT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_FLOAT, ADDRESS, JAVA_INT);

    private final MethodHandle sgemm;
    private final String description;

    private OpenBlas(OpenBlasLibrary library) throws BackendUnavailableException {
        SymbolLookup symbols = library.symbols();
        String configuration = text(symbols, "openblas_get_config");
        if (configuration.contains("USE64BITINT")) {
            throw new BackendUnavailableException(library.origin() + " counts in 64-bit integers; Basin needs one that has 32");
        }
        pinToOneThread(symbols);
        // Critical, so that it reads arrays where they are.
        this.sgemm = handle(symbols, "cblas_sgemm", SGEMM, Linker.Option.critical(true));
        String[] words = configuration.split("\\s+");
        String version = words[0] + (words.length > 1 ? " " + words[1] : "");
        this.description = version + " for " + text(symbols, "openblas_get_corename") + ", from " + library.origin();
    }

    /** Opens the library at its first use. */
    private static final class Holder {
        static final Opened OPENED = tryOpen();

        private static Opened tryOpen() {
            try {
                return new Opened.Library(new OpenBlas(OpenBlasLibrary.open()));
            } catch (BackendUnavailableException missing) {
                return new Opened.Missing(missing);
            }
        }
    }

    private sealed interface Opened {
        record Library(OpenBlas library) implements Opened {}

        record Missing(BackendUnavailableException reason) implements Opened {}
    }

    /** The library of this JVM. */
    static OpenBlas open() throws BackendUnavailableException {
        return switch (Holder.OPENED) {
            case Opened.Library(OpenBlas library) -> library;
            case Opened.Missing(BackendUnavailableException reason) -> throw reason;
        };
    }

    String description() {
        return description;
    }

    /** {@code cblas_sgemm} on row-major matrices; the arguments are trusted. */
    void multiply(
            boolean transposeA, boolean transposeB, int m, int n, int k,
            float alpha, MemorySegment a, int strideA, MemorySegment b, int strideB, float beta, MemorySegment c, int strideC) {
        final int rowMajor = 101;
        final int plain = 111;
        final int transposed = 112;
        try {
            sgemm.invokeExact(rowMajor, transposeA ? transposed : plain, transposeB ? transposed : plain, m, n, k,
                    alpha, a, strideA, b, strideB, beta, c, strideC);
        } catch (Throwable impossible) {
            throw new AssertionError("a C function throws nothing", impossible);
        }
    }

    private static void pinToOneThread(SymbolLookup symbols) throws BackendUnavailableException {
        MethodHandle pin = handle(symbols, "openblas_set_num_threads", FunctionDescriptor.ofVoid(JAVA_INT));
        try {
            pin.invokeExact(1);
        } catch (Throwable impossible) {
            throw new AssertionError("a C function throws nothing", impossible);
        }
    }

    private static String text(SymbolLookup symbols, String function) throws BackendUnavailableException {
        MethodHandle handle = handle(symbols, function, FunctionDescriptor.of(ADDRESS));
        try {
            return ((MemorySegment) handle.invokeExact()).reinterpret(Long.MAX_VALUE).getString(0);
        } catch (Throwable impossible) {
            throw new AssertionError("a C function throws nothing", impossible);
        }
    }

    private static MethodHandle handle(
            SymbolLookup symbols, String function, FunctionDescriptor type, Linker.Option... options)
            throws BackendUnavailableException {
        MemorySegment address = symbols.find(function)
                .orElseThrow(() -> new BackendUnavailableException("the library is not OpenBLAS: it has no " + function));
        return Linker.nativeLinker().downcallHandle(address, type, options);
    }
}
