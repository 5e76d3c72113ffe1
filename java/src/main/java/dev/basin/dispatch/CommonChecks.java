package dev.basin.dispatch;

import dev.basin.Tensor;
import dev.basin.binding.DeviceSegments;
import java.util.List;
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
}
