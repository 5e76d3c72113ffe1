package dev.basin;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The library with the functions of the CUDA kernels that needs no device. */
public final class CudaStandIn {
    /** It runs one kernel at a time. */
    public static final String RESOURCE = "the stand-in for the CUDA runtime";

    private static final Path LIBRARY =
            Path.of("../native/target/release/standin/libbasin_cuda.so").toAbsolutePath().normalize();

    /** The same, with the JavaCPP binding beside it. */
    public static final Path BOUND_LIBRARY = Path.of("target/standin/libbasin_cuda.so").toAbsolutePath();

    private CudaStandIn() {}

    /** Makes it what the backend {@code cuda} loads in this JVM; skips the tests where it was not built. */
    public static void require() {
        boolean isForThisPlatform = List.of("amd64", "x86_64").contains(System.getProperty("os.arch"))
                && System.getProperty("os.name").equals("Linux");
        assumeTrue(isForThisPlatform, "the stand-in is for Linux on x86-64");
        TestBackends.open("panama").close();
        assumeTrue(Files.exists(LIBRARY), LIBRARY + " was not built");
        System.setProperty("basin.cuda.library", LIBRARY.toString());
    }

    /** How many kernels the action launches. */
    @SuppressWarnings("restricted") // asking the library is what this is for
    public static long launchesOf(Runnable action) {
        try (Arena arena = Arena.ofConfined()) {
            MethodHandle launches = Linker.nativeLinker().downcallHandle(
                    SymbolLookup.libraryLookup(LIBRARY, arena).findOrThrow("basin_standin_launches"),
                    FunctionDescriptor.of(ValueLayout.JAVA_LONG));
            long before = (long) launches.invokeExact();
            action.run();
            return (long) launches.invokeExact() - before;
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new AssertionError("a C function throws nothing", impossible);
        }
    }
}
