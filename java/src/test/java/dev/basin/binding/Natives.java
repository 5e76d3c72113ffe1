package dev.basin.binding;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.basin.kernel.Kernels;
import dev.basin.kernel.OptimizerKernels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Consumer;

/** The native libraries that the build packed, for tests that need them. */
public final class Natives {
    private Natives() {}

    /** Their folder; without one the test is skipped, or fails where {@code BASIN_NATIVE} is {@code required}. */
    public static Path folder() {
        URL index = Natives.class.getClassLoader().getResource(
                "dev/basin/binding/" + Platform.current().name() + "/" + Checksums.FILE_NAME);
        String reason = "the native library was not built: " + reason();
        if ("required".equals(System.getenv("BASIN_NATIVE"))) {
            assertNotNull(index, reason);
        }
        assumeTrue(index != null, reason);
        try {
            return Path.of(index.toURI()).getParent();
        } catch (URISyntaxException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** What the native module wrote down when it built nothing. */
    private static String reason() {
        try {
            return Files.readString(Path.of("../native/target/missing.txt")).strip();
        } catch (IOException nothingWritten) {
            return "the native module was not run";
        }
    }

    /** One of them. */
    static Path file(String library) {
        return folder().resolve(Platform.current().libraryFileName(library));
    }

    /** The optimizers of a library in which AdamW's step, the only one there, has a planted mistake. */
    @SuppressWarnings("restricted")
    public static OptimizerKernels planted() {
        Path library = Path.of("../native/target/release/tests").resolve(Platform.current().libraryFileName("basin_planted"));
        return new PanamaBinder(SymbolLookup.libraryLookup(library.toAbsolutePath().normalize(), Arena.global()))
                .implement(OptimizerKernels.class);
    }

    /**
     * The kernels on an instruction set, whatever that of the library in use, in a copy of the library of their own; skipped
     * where the processor lacks it.
     */
    public static Backend on(String isa, Path folder) {
        try {
            Path copy = Files.copy(file("basin"), folder.resolve(isa + Platform.current().libraryFileName("basin")),
                    StandardCopyOption.REPLACE_EXISTING);
            SymbolLookup symbols = NativeLibrary.open(copy);
            NativeLibrary.select(symbols, isa);
            Kernels kernels = Kernels.of(new PanamaBinder(symbols)::implement);
            return new LoadedBackend(PanamaBackend.NAME, kernels, true, isa, copy.toString());
        } catch (BackendUnavailableException refused) {
            assumeFalse(refused.getMessage().contains("which this processor cannot run"), refused.getMessage());
            throw new AssertionError(refused);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Puts a file where {@code basin.library.path} expects the library. */
    static Path place(Path folder, byte[] content) {
        try {
            return Files.write(folder.resolve(Platform.current().libraryFileName("basin")), content);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Runs with a system property set. */
    static void with(String property, String value, ThrowingRunnable body) throws Exception {
        String before = System.setProperty(property, value);
        try {
            body.run();
        } finally {
            Consumer<String> restore = before == null ? System::clearProperty : name -> System.setProperty(name, before);
            restore.accept(property);
        }
    }

    @FunctionalInterface
    interface ThrowingRunnable {
        void run() throws Exception;
    }
}
