package dev.basin;

import dev.basin.binding.Backend;
import dev.basin.binding.Backends;
import dev.basin.binding.Device;
import dev.basin.binding.DeviceSegments;
import dev.basin.dispatch.Front;
import dev.basin.dispatch.KernelDispatcher;
import dev.basin.dispatch.Lifetime;
import dev.basin.dispatch.RangeTask;
import dev.basin.dispatch.Scratch;
import dev.basin.dispatch.TableSums;
import dev.basin.dispatch.Team;
import dev.basin.dispatch.Traffic;
import dev.basin.fallback.JavaBackend;
import dev.basin.gemm.Gemm;
import dev.basin.gemm.Gemms;
import dev.basin.kernel.Kernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A backend, opened, with the threads that drive it. Losses and optimizers take one as their first argument.
 *
 * <p>The backend is {@code auto} unless {@link Options#backend} or the system property {@code basin.backend} names one:
 * {@code panama}, {@code javacpp}, {@code java}, or {@code reference}, the double-precision yardstick. {@code auto} takes the
 * first of the first three that loads and passes a small check; {@link #candidates()} tells why each before it did not. A
 * backend that was named and cannot load is a {@link BackendException}.
 *
 * <p>Results do not depend on the number of threads. Any number of threads may call through one {@code Basin}, and any one
 * may close it.
 */
public final class Basin implements AutoCloseable {
    /** Below this many bytes waking helpers costs more than they save. */
    private static final long DEFAULT_PARALLEL_THRESHOLD = 1 << 20;

    private final Backends.Selection selection;
    private final Team team;
    private final Kernels kernels;
    private final Kernels checks;
    private final Scratch scratch = new Scratch();
    private final Traffic traffic = new Traffic();
    private final long parallelThreshold;
    private final String gemmName;
    private @Nullable Gemm gemm;
    private @Nullable TableSums tableSums;
    private final Lifetime lifetime = new Lifetime();

    private Basin(Options options) {
        this(Backends.select(options.backend(), options.cudaStream()), options);
    }

    /** On a backend that was loaded elsewhere. */
    Basin(Backends.Selection selection, Options options) {
        this.selection = selection;
        Executor executor = options.executor();
        this.team = executor == null ? Team.of(options.threads()) : Team.of(options.threads(), executor);
        this.kernels = Front.over(selection.backend(), team, options.parallelThreshold(), lifetime, traffic);
        this.checks = Front.checksOf(selection.backend(), lifetime);
        this.parallelThreshold = options.parallelThreshold();
        this.gemmName = options.gemm();
    }

    /** Opens the best backend with a thread for each processor. */
    public static Basin open() {
        return open(Options.defaults());
    }

    /**
     * Opens a backend.
     *
     * @throws BackendException if the backend named cannot be used here
     */
    public static Basin open(Options options) {
        return new Basin(options);
    }

    /** Tries every backend, as {@code auto} would if each before it failed. */
    public static List<Candidate> probe() {
        return Backends.probe();
    }

    /** The name of the backend in use. */
    public String backend() {
        return selection.backend().name();
    }

    /** The device of the backend; refused where it has none. For the public types of this library. */
    @SuppressWarnings("exports")
    public Device device() {
        Device device = selection.backend().device();
        if (device == null) {
            throw new IllegalArgumentException("basin must be on a device, got one of the backend " + backend());
        }
        return device;
    }

    /** Whether memory is the device's, where kernels use it and Java cannot look; for the public types of this library. */
    public boolean isOnDevice(MemorySegment memory) {
        Device device = selection.backend().device();
        return device != null && (DeviceSegments.isOnDevice(memory) || memory.byteSize() > 0 && device.holds(memory));
    }

    /** Whether all of these tensors are on the device; for the public types of this library. */
    public boolean areOnDevice(List<Tensor> tensors) {
        for (int i = 0; i < tensors.size(); i++) {
            if (!isOnDevice(tensors.get(i).memory())) {
                return false;
            }
        }
        return true;
    }

    /** Copies the device's memory to the host's, after all work before; for the public types of this library. */
    public void copyToHost(MemorySegment from, MemorySegment to, long bytes) {
        device().copyOut(from, to, 0, bytes);
    }

    /** Copies the host's memory to the device's; for the public types of this library. */
    public void copyToDevice(MemorySegment from, MemorySegment to, long bytes) {
        device().copyIn(from, 0, to, bytes);
    }

    /** A tensor of zeros, shaped like another and in memory of the kind that it lies in; for the public types of this library. */
    public Tensor zerosLike(Arena arena, Tensor like, DataType type) {
        if (!isOnDevice(like.memory())) {
            return Tensor.allocate(arena, type, like.shape());
        }
        MemorySegment memory = device().allocate(arena, Math.max(1, like.size() * type.byteSize()));
        device().clear(memory);
        return Tensor.of(DeviceSegments.of(memory.address(), memory.byteSize()), memory, type, like.shape());
    }

    /** Sums over many tensors of the device in one launch; for the public types of this library. */
    @SuppressWarnings("exports")
    public synchronized TableSums tableSums() {
        if (tableSums == null) {
            tableSums = new TableSums(device(), 2);
        }
        return tableSums;
    }

    /** The instruction set in use. */
    public String isa() {
        return selection.backend().isa();
    }

    /** Where the backend's code came from. */
    public String origin() {
        return selection.backend().origin();
    }

    /** The backends considered when this was opened, the one in use last. */
    public List<Candidate> candidates() {
        return selection.candidates();
    }

    /** How many threads work on a large call, the caller among them. */
    public int threads() {
        return team.threads();
    }

    /**
     * Matrix products on the same threads; chosen at the first call.
     *
     * @throws BackendException if those that were named cannot be used here
     */
    public synchronized Gemm gemm() {
        if (gemm == null) {
            gemm = Gemms.select(gemmName, !(selection.backend() instanceof JavaBackend), team);
        }
        return gemm;
    }

    /** The seam, checked and threaded; for the public types of this library. */
    @SuppressWarnings("exports")
    public Kernels kernels() {
        if (lifetime.isOver()) {
            throw Lifetime.refusal();
        }
        return kernels;
    }

    /** The seam's checks without the work: refuses what {@link #kernels()} would; for the public types of this library. */
    @SuppressWarnings("exports")
    public Kernels checks() {
        return checks;
    }

    /** What calls move through memory, while it is told to note that; for benchmarks. */
    @SuppressWarnings("exports")
    public Traffic traffic() {
        return traffic;
    }

    /** Whether kernels work on a device; for benchmarks. */
    public boolean hasDevice() {
        return selection.backend().device() != null;
    }

    /**
     * What a benchmark repeats of an action: all of it, or on a device the calls of kernels that it makes, over memory of the
     * device that is the arena's.
     */
    public Runnable repeatable(Runnable action, Arena arena) {
        Device device = selection.backend().device();
        return device == null ? action : traffic.callsOnDevice(action, device, arena);
    }

    /** The device's time for what an action asks of it, in nanoseconds; for benchmarks. */
    public double nanosOnDevice(Runnable action) {
        return device().nanos(action);
    }

    /** Whether helpers take part in calls that touch so many bytes; for the public types of this library. */
    @SuppressWarnings("exports")
    public boolean helps(long bytes) {
        return bytes >= parallelThreshold && team.threads() > 1 && selection.backend().device() == null && !traffic.isRecording();
    }

    /** Makes several calls, each too small to be split, on all threads; for the public types of this library. */
    @SuppressWarnings("exports")
    public void runTogether(RangeTask calls, long count, long bytes) {
        team.run(calls, 0, count, KernelDispatcher.grain(bytes, count));
    }

    /** Memory between kernels; for the public types of this library. */
    @SuppressWarnings("exports")
    public Scratch scratch() {
        return scratch;
    }

    /**
     * Ends the helper threads. Calls of kernels that other threads have under way are waited for and later ones are refused with an
     * {@link IllegalStateException}, so that after this no memory is touched any more. What makes several such calls, as a step of
     * an optimizer over several tensors does, may be refused between two of them: let trainers finish before closing.
     */
    @Override
    public void close() {
        lifetime.end();
        team.close();
    }

    /**
     * How to open a Basin; immutable.
     *
     * @param backend its name, or {@code auto}
     * @param threads how many threads work on a large call, the caller among them; at least 1
     * @param executor where helper threads come from; null for threads of Basin's own
     * @param parallelThreshold bytes of arguments below which a call stays on the calling thread
     * @param gemm what computes matrix products: {@code openblas}, {@code java}, or {@code auto}, which takes OpenBLAS with a
     *     native backend if it is there
     * @param cudaStream the address of the CUDA stream that the {@code cuda} backend launches kernels in; 0 is the default
     *     stream. Who gives one keeps it for as long as the basin is used
     */
    public record Options(
            String backend, int threads, @Nullable Executor executor, long parallelThreshold, String gemm,
            long cudaStream) {
        public Options {
            if (threads < 1) {
                throw new IllegalArgumentException("threads must be at least 1, got " + threads);
            }
            if (parallelThreshold < 0) {
                throw new IllegalArgumentException("parallelThreshold must be at least 0, got " + parallelThreshold);
            }
        }

        /**
         * The system properties {@code basin.backend}, {@code basin.threads} and {@code basin.gemm}, or {@code auto} and every
         * processor.
         */
        public static Options defaults() {
            int threads = Integer.getInteger("basin.threads", Runtime.getRuntime().availableProcessors());
            return new Options(System.getProperty("basin.backend", "auto"), threads, null, DEFAULT_PARALLEL_THRESHOLD,
                    System.getProperty("basin.gemm", "auto"), 0);
        }

        public Options backend(String name) {
            return new Options(name, threads, executor, parallelThreshold, gemm, cudaStream);
        }

        public Options threads(int count) {
            return new Options(backend, count, executor, parallelThreshold, gemm, cudaStream);
        }

        public Options executor(@Nullable Executor helpers) {
            return new Options(backend, threads, helpers, parallelThreshold, gemm, cudaStream);
        }

        public Options parallelThreshold(long bytes) {
            return new Options(backend, threads, executor, bytes, gemm, cudaStream);
        }

        public Options gemm(String name) {
            return new Options(backend, threads, executor, parallelThreshold, name, cudaStream);
        }

        public Options cudaStream(long address) {
            return new Options(backend, threads, executor, parallelThreshold, gemm, address);
        }
    }
}
