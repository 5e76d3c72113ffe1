package dev.basin.binding;

import dev.basin.kernel.Kernels;
import org.jspecify.annotations.Nullable;

/** One implementation of the seam, loaded and checked. */
public interface Backend {
    /** The name by which it is chosen: {@code panama}, {@code javacpp}, {@code java}. */
    String name();

    /** The kernels; they trust their arguments. */
    Kernels kernels();

    /** Whether kernels take heap segments; if not, callers copy through off-heap memory. */
    boolean takesHeapMemory();

    /** Whether kernels take every floating-point storage type for every tensor, as the reference does. */
    default boolean takesEveryType() {
        return false;
    }

    /** The device whose memory kernels take; null where that is the host's. */
    default @Nullable Device device() {
        return null;
    }

    /** The instruction set in use, or what stands for one. */
    String isa();

    /** Where the code came from, for a person to read. */
    String origin();
}
