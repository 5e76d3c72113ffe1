package dev.basin.binding;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Segments over the memory of a device. They belong to a thread that has ended, so that whoever would read or write them in Java,
 * or pass them to a function of the host, is refused like any other thread that is not the owner, instead of crashing.
 */
public final class DeviceSegments {
    private static final MemorySegment EVERYTHING = everything();

    private DeviceSegments() {}

    /** A segment at an address of the device. */
    public static MemorySegment of(long address, long bytes) {
        return EVERYTHING.asSlice(address, bytes);
    }

    /** Whether a segment is one of these. */
    public static boolean isOnDevice(MemorySegment segment) {
        return segment.isNative() && segment.scope().equals(EVERYTHING.scope());
    }

    private static MemorySegment everything() {
        Owner owner = new Owner();
        owner.start();
        boolean interrupted = false;
        while (owner.isAlive()) {
            try {
                owner.join();
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return owner.segment;
    }

    /** A class of its own: a lambda of the outer class would wait for its initialisation, which waits for this thread. */
    private static final class Owner extends Thread {
        private MemorySegment segment = MemorySegment.NULL;

        Owner() {
            super("basin-device-memory");
        }

        @Override
        @SuppressWarnings("restricted") // nobody can read from it
        public void run() {
            segment = MemorySegment.ofAddress(0).reinterpret(Long.MAX_VALUE, Arena.ofConfined(), null);
        }
    }
}
