package dev.basin.dispatch;

import dev.basin.Tensor;
import dev.basin.binding.DeviceSegments;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What public types check before a kernel checks its own arguments, in the kernels' words. */
public final class CommonChecks {
    private CommonChecks() {}

    public static double positive(String name, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(name + " must be finite and above 0, got " + value);
        }
        return value;
    }

    public static double atLeastZero(String name, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(name + " must be finite and at least 0, got " + value);
        }
        return value;
    }

    /** Refuses memory that this thread cannot read, as that of a device. */
    public static void requireReadable(String name, Tensor tensor) {
        if (!tensor.memory().scope().isAlive()) {
            throw new IllegalArgumentException(name + " must be alive, but its arena is closed");
        }
        if (DeviceSegments.isOnDevice(tensor.memory())) {
            throw new IllegalArgumentException(name + " must be in the memory of the host here, but it is in a device's");
        }
        if (!tensor.memory().isAccessibleBy(Thread.currentThread())) {
            throw new IllegalArgumentException(
                    name + " must belong to the calling thread or be shared, but its arena belongs to another thread");
        }
    }

    /** Refuses what is read-only, or memory that something else is in; an absent tensor passes. */
    public static void requireWritable(String name, @Nullable Tensor tensor, List<Tensor> others) {
        if (tensor == null) {
            return;
        }
        if (tensor.memory().isReadOnly()) {
            throw new IllegalArgumentException(name + " is written to, but it is read-only");
        }
        for (Tensor other : others) {
            if (tensor.memory().asOverlappingSlice(other.memory()).isPresent()) {
                throw new IllegalArgumentException(name + " must be memory of its own, but it overlaps " + other);
            }
        }
    }

    /** Whether no two of these tensors share memory; of arrays each must be another. */
    public static boolean haveMemoryOfTheirOwn(List<Tensor> tensors) {
        Set<Object> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
        List<MemorySegment> offHeap = new ArrayList<>();
        for (Tensor tensor : tensors) {
            MemorySegment memory = tensor.memory();
            if (memory.isNative()) {
                offHeap.add(occupied(tensor));
            } else if (!arrays.add(memory.heapBase().orElse(memory))) {
                return false;
            }
        }
        offHeap.sort(Comparator.comparingLong(MemorySegment::address));
        for (int i = 1; i < offHeap.size(); i++) {
            if (offHeap.get(i - 1).asOverlappingSlice(offHeap.get(i)).isPresent()) {
                return false;
            }
        }
        return true;
    }

    /** The part of a tensor's memory from its first element to its last, as far as others must not overlap it. */
    public static MemorySegment occupied(Tensor tensor) {
        long elements = tensor.size() == 0 ? 0 : (tensor.rows() - 1) * tensor.rowStride() + tensor.columns();
        return tensor.memory().asSlice(0, elements * tensor.type().byteSize());
    }
}
