package dev.basin.optim;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.DeviceMemory;
import dev.basin.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Tensors of random numbers in one piece of a device's memory, one behind the other, at multiples of their elements' size alone. */
final class DeviceTensors implements AutoCloseable {
    private static final long BYTES = 1 << 20;

    private final Basin basin;
    private final DeviceMemory memory;
    private final Random random;
    private long used;

    DeviceTensors(Basin basin, long seed) {
        this.basin = basin;
        this.memory = DeviceMemory.allocate(basin, BYTES);
        this.random = new Random(seed);
    }

    /** Tensors of these sizes, every so many of which are bf16. */
    List<Tensor> tensors(int[] sizes, int everyBf16) {
        List<Tensor> tensors = new ArrayList<>();
        for (int i = 0; i < sizes.length; i++) {
            tensors.add(tensor(i % everyBf16 == 0 ? DataType.BF16 : DataType.F32, sizes[i]));
        }
        return tensors;
    }

    Tensor tensor(DataType type, int size) {
        used = Math.ceilDiv(used + 2, type.byteSize()) * type.byteSize();
        Tensor numbers = Tensor.allocate(Arena.ofAuto(), type, size);
        for (int i = 0; i < size; i++) {
            numbers.set(i, random.nextGaussian());
        }
        Tensor tensor = memory.tensor(used, type, size);
        basin.copyToDevice(numbers.memory(), tensor.memory(), numbers.memory().byteSize());
        used += size * (long) type.byteSize();
        return tensor;
    }

    /** The bytes of each of these tensors. */
    static List<byte[]> read(Basin basin, List<Tensor> tensors) {
        List<byte[]> read = new ArrayList<>();
        for (Tensor tensor : tensors) {
            MemorySegment bytes = Arena.ofAuto().allocate(tensor.size() * tensor.type().byteSize());
            basin.copyToHost(tensor.memory(), bytes, bytes.byteSize());
            read.add(bytes.toArray(ValueLayout.JAVA_BYTE));
        }
        return read;
    }

    /** All of the memory. */
    byte[] read() {
        return read(basin, List.of(memory.tensor(DataType.F32, BYTES / Float.BYTES))).getFirst();
    }

    @Override
    public void close() {
        memory.close();
    }
}
