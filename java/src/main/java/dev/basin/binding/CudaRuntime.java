package dev.basin.binding;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.basin.BackendException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.locks.ReentrantLock;

/** What Basin needs of the CUDA runtime, by the C functions of {@code basin/cuda/runtime.h}. */
@SuppressWarnings("restricted") // linking C functions is what this is for
final class CudaRuntime implements Device {
    private static final long PINNED_BYTES = 4 << 20;

    private final MethodHandle deviceCount;
    private final MethodHandle describe;
    private final MethodHandle lastError;
    private final MethodHandle errorText;
    private final MethodHandle allocate;
    private final MethodHandle free;
    private final MethodHandle allocatePinned;
    private final MethodHandle copy;
    private final MethodHandle synchronize;
    private final MethodHandle isDeviceMemory;
    private final MemorySegment stream;
    private final ReentrantLock pinnedLock = new ReentrantLock();
    private MemorySegment pinned = MemorySegment.NULL;

    CudaRuntime(SymbolLookup symbols, MemorySegment stream) {
        this.deviceCount = handle(symbols, "device_count", status(ADDRESS));
        this.describe = handle(symbols, "device_describe", status(ADDRESS, JAVA_LONG, ADDRESS, ADDRESS, ADDRESS));
        this.lastError = handle(symbols, "last_error", status());
        this.errorText = handle(symbols, "error_text", FunctionDescriptor.of(ADDRESS, JAVA_INT));
        this.allocate = handle(symbols, "allocate", status(JAVA_LONG, ADDRESS));
        this.free = handle(symbols, "free", status(ADDRESS));
        this.allocatePinned = handle(symbols, "allocate_pinned", status(JAVA_LONG, ADDRESS));
        this.copy = handle(symbols, "copy", status(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG));
        this.synchronize = handle(symbols, "stream_synchronize", status(ADDRESS));
        this.isDeviceMemory = handle(symbols, "is_device_memory", status(ADDRESS, ADDRESS));
        this.stream = stream;
    }

    /** The selected device, for a person to read; refused where there is none. */
    String describeDevice() throws BackendUnavailableException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(JAVA_INT);
            int error = (int) deviceCount.invokeExact(count);
            if (error != 0 || count.get(JAVA_INT, 0) == 0) {
                throw new BackendUnavailableException(
                        "there is no CUDA device that can be used (" + (error == 0 ? "none was found" : text(error)) + ")");
            }
            MemorySegment name = arena.allocate(256);
            MemorySegment bytes = arena.allocate(JAVA_LONG);
            MemorySegment capability = arena.allocate(JAVA_INT);
            require("describing the device", (int) describe.invokeExact(
                    name, name.byteSize(), bytes, capability, MemorySegment.NULL));
            int version = capability.get(JAVA_INT, 0);
            return name.getString(0) + ", compute capability " + version / 10 + "." + version % 10 + ", "
                    + (bytes.get(JAVA_LONG, 0) >> 20) + " MiB";
        } catch (BackendUnavailableException | BackendException e) {
            throw e;
        } catch (Throwable impossible) {
            throw new AssertionError("a C function throws nothing", impossible);
        }
    }

    @Override
    public boolean holds(MemorySegment memory) {
        if (!memory.isNative()) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment answer = arena.allocate(JAVA_INT);
            require("asking about memory", (int) isDeviceMemory.invokeExact(addressOf(memory), answer));
            return answer.get(JAVA_INT, 0) != 0;
        } catch (BackendException e) {
            throw e;
        } catch (Throwable impossible) {
            throw new AssertionError("a C function throws nothing", impossible);
        }
    }

    @Override
    public MemorySegment allocate(Arena arena, long bytes) {
        MethodHandle release = free;
        return pointer(allocate, bytes).reinterpret(bytes, arena, memory -> {
            try {
                int unused = (int) release.invokeExact(MemorySegment.ofAddress(memory.address()));
            } catch (Throwable impossible) {
                throw new AssertionError("a C function throws nothing", impossible);
            }
        });
    }

    private MemorySegment pointer(MethodHandle allocator, long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(ADDRESS);
            require("allocating " + bytes + " bytes", (int) allocator.invokeExact(bytes, address));
            return address.get(ADDRESS, 0);
        } catch (BackendException e) {
            throw e;
        } catch (Throwable impossible) {
            throw new AssertionError("a C function throws nothing", impossible);
        }
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
        try {
            require("copying " + bytes + " bytes", (int) copy.invokeExact(
                    stream, MemorySegment.ofAddress(to), MemorySegment.ofAddress(from), bytes));
            require("waiting for the stream", (int) synchronize.invokeExact(stream));
        } catch (BackendException e) {
            throw e;
        } catch (Throwable impossible) {
            throw new AssertionError("a C function throws nothing", impossible);
        }
    }

    /** Never freed: there is one for as long as the backend is used. */
    private MemorySegment pinnedBuffer() {
        if (pinned.byteSize() == 0) {
            pinned = pointer(allocatePinned, PINNED_BYTES).reinterpret(PINNED_BYTES);
        }
        return pinned;
    }

    @Override
    public void checkErrors() {
        try {
            require("running a kernel", (int) lastError.invokeExact());
        } catch (BackendException e) {
            throw e;
        } catch (Throwable impossible) {
            throw new AssertionError("a C function throws nothing", impossible);
        }
    }

    private void require(String what, int error) {
        if (error != 0) {
            throw new BackendException("CUDA failed while " + what + ": " + text(error));
        }
    }

    private String text(int error) {
        try {
            return ((MemorySegment) errorText.invokeExact(error)).reinterpret(Long.MAX_VALUE).getString(0);
        } catch (Throwable impossible) {
            throw new AssertionError("a C function throws nothing", impossible);
        }
    }

    /** Without the segment's arena, which may be one that the runtime cannot be passed. */
    private static MemorySegment addressOf(MemorySegment memory) {
        return MemorySegment.ofAddress(memory.address());
    }

    private static MethodHandle handle(SymbolLookup symbols, String function, FunctionDescriptor type) {
        return Linker.nativeLinker().downcallHandle(symbols.findOrThrow("basin_cuda_" + function), type);
    }

    /** The type of a function that answers with the runtime's error. */
    private static FunctionDescriptor status(ValueLayout... parameters) {
        return FunctionDescriptor.of(JAVA_INT, parameters);
    }
}
