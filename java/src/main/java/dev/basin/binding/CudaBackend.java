package dev.basin.binding;

import dev.basin.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The kernels on a CUDA device. They take memory of the device; above them, host memory is copied there and back, which is
 * convenient and slow. The property {@value #LIBRARY_PROPERTY} names a library file to use instead of the one that came along.
 */
public final class CudaBackend implements Backend {
    /** The name by which it is chosen. */
    public static final String NAME = "cuda";

    /** A file to use as the library. */
    static final String LIBRARY_PROPERTY = "basin.cuda.library";

    private final Kernels kernels;
    private final CudaRuntime runtime;
    private final CudaRuntime.Description device;
    private final String origin;

    private CudaBackend(Kernels kernels, CudaRuntime runtime, CudaRuntime.Description device, String origin) {
        this.kernels = kernels;
        this.runtime = runtime;
        this.device = device;
        this.origin = origin;
    }

    /** Loads the library and asks it for a device. */
    public static Backend load() throws BackendUnavailableException {
        return load(0);
    }

    /** @param stream the address of the stream that kernels are launched in; 0 is the default stream */
    static Backend load(long stream) throws BackendUnavailableException {
        String given = System.getProperty(LIBRARY_PROPERTY);
        return given == null ? fromNatives(stream) : load(Path.of(given), LIBRARY_PROPERTY + " = " + given, stream);
    }

    private static Backend fromNatives(long stream) throws BackendUnavailableException {
        Platform platform = Platform.current();
        LibraryFolder folder = LibraryFolder.findCuda(platform);
        return load(folder.file("basin_cuda", platform), folder.origin(), stream);
    }

    private static Backend load(Path file, String origin, long stream) throws BackendUnavailableException {
        LibraryFormat.check(file, Platform.current());
        MemorySegment launches = MemorySegment.ofAddress(stream);
        CudaBinding binding = CudaBinding.load(file.toAbsolutePath(), launches);
        try {
            CudaRuntime runtime = new CudaRuntime(binding.functions(), binding.tables(), launches);
            CudaRuntime.Description device = runtime.describeDevice();
            return new CudaBackend(binding.kernels(), runtime, device, origin + ", bound by " + binding.name());
        } catch (LinkageError failure) {
            throw new BackendUnavailableException(file + " is not a Basin library for CUDA (" + failure + ")", failure);
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Kernels kernels() {
        return kernels;
    }

    @Override
    public boolean takesHeapMemory() {
        return false;
    }

    @Override
    public @Nullable Device device() {
        return runtime;
    }

    @Override
    public String isa() {
        return "compute capability " + device.capability();
    }

    @Override
    public String origin() {
        return device.name() + ", " + (device.memoryBytes() >> 20) + " MiB, " + origin;
    }
}
