package dev.basin.binding;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.basin.BackendException;
import dev.basin.kernel.TableKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToIntFunction;

/** A CUDA device: its memory, its errors and its clock, by the C functions of the CUDA runtime. */
@SuppressWarnings("restricted") // addresses of the device become segments here
final class CudaRuntime implements Device {
    private static final long PINNED_BYTES = 4 << 20;

    /** {@code cudaErrorInsufficientDriver}, which is the answer where there is no driver at all. */
    private static final int INSUFFICIENT_DRIVER = 35;

    private final CudaFunctions functions;
    private final TableKernels tables;
    private final MemorySegment stream;
    private final ReentrantLock pinnedLock = new ReentrantLock();
    private MemorySegment pinned = MemorySegment.NULL;

    /** @param stream where copies are made and times taken; the address 0 is the default stream */
    CudaRuntime(CudaFunctions functions, TableKernels tables, MemorySegment stream) {
        this.functions = functions;
        this.tables = tables;
        this.stream = stream;
    }

    /**
     * What there is to know of the selected device.
     *
     * @param name such as {@code NVIDIA H100 80GB HBM3}
     * @param capability such as {@code 9.0}
     */
    record Description(String name, String capability, long memoryBytes) {}

    /** Describes the selected device; refused where there is none. */
    Description describeDevice() throws BackendUnavailableException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(JAVA_INT);
            int error = functions.cudaDeviceCount(count);
            if (error != 0 || count.get(JAVA_INT, 0) == 0) {
                throw new BackendUnavailableException("there is no CUDA device that can be used (" + reason(error) + ")");
            }
            MemorySegment name = arena.allocate(256);
            MemorySegment bytes = arena.allocate(JAVA_LONG);
            MemorySegment capability = arena.allocate(JAVA_INT);
            require("describing the device",
                    functions.cudaDeviceDescribe(name, name.byteSize(), bytes, capability, MemorySegment.NULL));
            int version = capability.get(JAVA_INT, 0);
            return new Description(name.getString(0), version / 10 + "." + version % 10, bytes.get(JAVA_LONG, 0));
        }
    }

    private String reason(int error) {
        return switch (error) {
            case 0 -> "none was found";
            case INSUFFICIENT_DRIVER -> "the NVIDIA driver is missing, or older than the CUDA runtime in the library needs";
            default -> text(error);
        };
    }

    @Override
    public boolean holds(MemorySegment memory) {
        if (!memory.isNative()) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment answer = arena.allocate(JAVA_INT);
            require("asking about memory", functions.cudaIsDeviceMemory(addressOf(memory), answer));
            return answer.get(JAVA_INT, 0) != 0;
        }
    }

    @Override
    public MemorySegment allocate(Arena arena, long bytes) {
        CudaFunctions release = functions;
        return pointer("allocating " + bytes + " bytes", memory -> release.cudaAllocate(bytes, memory))
                .reinterpret(bytes, arena, memory -> release.cudaFree(addressOf(memory)));
    }

    /** What a function writes to the address that it is given. */
    private MemorySegment pointer(String what, ToIntFunction<MemorySegment> function) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(ADDRESS);
            require(what, function.applyAsInt(address));
            return address.get(ADDRESS, 0);
        }
    }

    @Override
    public void clear(MemorySegment memory) {
        require("clearing " + memory.byteSize() + " bytes",
                functions.cudaFill(stream, addressOf(memory), 0, memory.byteSize()));
    }

    @Override
    public TableKernels tables() {
        return tables;
    }

    @Override
    public void copyIn(MemorySegment from, long offset, MemorySegment to, long bytes) {
        pinnedLock.lock();
        try {
            MemorySegment buffer = pinnedBuffer();
            for (long done = 0; done < bytes; done += buffer.byteSize()) {
                long part = Math.min(buffer.byteSize(), bytes - done);
                MemorySegment.copy(from, offset + done, buffer, 0, part);
                copy(to.address() + done, buffer.address(), part);
            }
        } finally {
            pinnedLock.unlock();
        }
    }

    @Override
    public void copyOut(MemorySegment from, MemorySegment to, long offset, long bytes) {
        pinnedLock.lock();
        try {
            MemorySegment buffer = pinnedBuffer();
            for (long done = 0; done < bytes; done += buffer.byteSize()) {
                long part = Math.min(buffer.byteSize(), bytes - done);
                copy(buffer.address(), from.address() + done, part);
                MemorySegment.copy(buffer, 0, to, offset + done, part);
            }
        } finally {
            pinnedLock.unlock();
        }
    }

    /** Copied through a buffer that the next copy uses, so each is waited for. */
    private void copy(long to, long from, long bytes) {
        require("copying " + bytes + " bytes",
                functions.cudaCopy(stream, MemorySegment.ofAddress(to), MemorySegment.ofAddress(from), bytes));
        require("waiting for the stream", functions.cudaStreamSynchronize(stream));
    }

    /** Never freed: there is one for as long as the backend is used. */
    private MemorySegment pinnedBuffer() {
        if (pinned.byteSize() == 0) {
            pinned = pointer("allocating " + PINNED_BYTES + " bytes", memory -> functions.cudaAllocatePinned(PINNED_BYTES, memory))
                    .reinterpret(PINNED_BYTES);
        }
        return pinned;
    }

    @Override
    public double nanos(Runnable action) {
        MemorySegment first = event();
        try {
            MemorySegment second = event();
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment milliseconds = arena.allocate(JAVA_FLOAT);
                require("noting the time", functions.cudaEventRecord(first, stream));
                action.run();
                require("noting the time", functions.cudaEventRecord(second, stream));
                require("taking the time", functions.cudaEventElapsed(first, second, milliseconds));
                return 1e6 * milliseconds.get(JAVA_FLOAT, 0);
            } finally {
                functions.cudaEventDestroy(second);
            }
        } finally {
            functions.cudaEventDestroy(first);
        }
    }

    private MemorySegment event() {
        return pointer("making an event", functions::cudaEventCreate);
    }

    @Override
    public void checkErrors() {
        require("running a kernel", functions.cudaLastError());
    }

    private void require(String what, int error) {
        if (error != 0) {
            throw new BackendException("CUDA failed while " + what + ": " + text(error));
        }
    }

    private String text(int error) {
        return functions.cudaErrorText(error).reinterpret(Long.MAX_VALUE).getString(0);
    }

    /** Without the segment's arena, which may be one that the runtime cannot be passed. */
    private static MemorySegment addressOf(MemorySegment memory) {
        return MemorySegment.ofAddress(memory.address());
    }
}
