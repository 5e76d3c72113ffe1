package dev.basin;

import dev.basin.binding.Device;
import dev.basin.binding.DeviceSegments;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Memory of the device on which a {@link Basin} of the {@code cuda} backend works. Kernels use tensors in it where they lie,
 * without a copy and without waiting; Java cannot read or write them but by {@link #copyFrom} and {@link #copyTo}, and other
 * backends refuse them. Losses take labels and row weights in it too;
 * Java cannot count those, so a mean of them is told its divisor.
 *
 * <pre>{@code
 * try (Basin basin = Basin.open(Basin.Options.defaults().backend("cuda"));
 *         DeviceMemory memory = DeviceMemory.allocate(basin, rows * classes * Float.BYTES)) {
 *     Tensor logits = memory.tensor(DataType.F32, rows, classes);
 *     memory.copyFrom(Tensor.of(values, rows, classes));
 *     new CrossEntropy().forwardBackward(basin, logits, targets, logits);
 * }
 * }</pre>
 *
 * <p>Memory that something else allocated, such as JavaCPP's CUDA presets or PyTorch, is used by its {@linkplain #at address}.
 */
public final class DeviceMemory implements AutoCloseable {
    private final Device device;
    private final @Nullable Arena arena;
    private final MemorySegment memory;
    private volatile boolean closed;

    private DeviceMemory(Device device, @Nullable Arena arena, MemorySegment memory) {
        this.device = device;
        this.arena = arena;
        this.memory = memory;
    }

    /**
     * Memory with anything in it, at a multiple of 256; freed by {@link #close}.
     *
     * @throws IllegalArgumentException if {@code bytes} is not positive, or the basin's backend is not on a device
     * @throws BackendException if the device has not so much
     */
    public static DeviceMemory allocate(Basin basin, long bytes) {
        requirePositive(bytes);
        Device device = basin.device();
        Arena arena = Arena.ofShared();
        try {
            MemorySegment allocated = device.allocate(arena, bytes);
            return new DeviceMemory(device, arena, DeviceSegments.of(allocated.address(), bytes));
        } catch (BackendException failed) {
            arena.close();
            throw failed;
        }
    }

    /**
     * Memory of the device that belongs to someone else, who keeps it for as long as it is used here.
     *
     * @param address its address on the device
     * @throws IllegalArgumentException if it is not the device's memory
     */
    public static DeviceMemory at(Basin basin, long address, long bytes) {
        requirePositive(bytes);
        Device device = basin.device();
        if (!device.holds(MemorySegment.ofAddress(address))) {
            throw new IllegalArgumentException(
                    "address must be one of the device's memory, got 0x" + Long.toHexString(address));
        }
        return new DeviceMemory(device, null, DeviceSegments.of(address, bytes));
    }

    private static void requirePositive(long bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("bytes must be at least 1, got " + bytes);
        }
    }

    /** A tensor at the start of this memory. */
    public Tensor tensor(DataType type, long... shape) {
        return tensor(0, type, shape);
    }

    /**
     * A tensor somewhere in this memory.
     *
     * @param byteOffset a multiple of the type's size
     */
    public Tensor tensor(long byteOffset, DataType type, long... shape) {
        requireOpen();
        if (byteOffset < 0 || byteOffset > memory.byteSize() || byteOffset % type.byteSize() != 0) {
            throw new IllegalArgumentException("byteOffset must be a multiple of " + type.byteSize() + " from 0 to "
                    + memory.byteSize() + ", got " + byteOffset);
        }
        return Tensor.of(memory.asSlice(byteOffset), type, shape);
    }

    /** Copies a tensor of the host, without gaps between its rows, to the start of this memory; waits until that is done. */
    public void copyFrom(Tensor host) {
        device.copyIn(host.memory(), 0, memory, bytesOf(host));
    }

    /** Copies the start of this memory to a tensor of the host, without gaps between its rows, after all work before. */
    public void copyTo(Tensor host) {
        device.copyOut(memory, host.memory(), 0, bytesOf(host));
    }

    private long bytesOf(Tensor host) {
        requireOpen();
        long bytes = host.size() * host.type().byteSize();
        if (host.rows() > 1 && host.rowStride() != host.columns()) {
            throw new IllegalArgumentException("host must have no gaps between its rows, got a row stride of "
                    + host.rowStride() + " for " + host.columns() + " columns");
        }
        if (bytes > memory.byteSize()) {
            throw new IllegalArgumentException(
                    "host must have at most " + memory.byteSize() + " bytes, got " + bytes + " of " + host);
        }
        return bytes;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("this device memory is closed");
        }
    }

    /** Frees the memory, if it was allocated here; tensors in it must not be used any more. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            if (arena != null) {
                arena.close();
            }
        }
    }
}
