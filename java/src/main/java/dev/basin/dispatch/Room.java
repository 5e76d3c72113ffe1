package dev.basin.dispatch;

import dev.basin.binding.Device;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Where {@link Copies} go. */
interface Room {
    /** Whether the kernel cannot take this argument as it is. */
    boolean isNeededFor(Call call, int slot);

    MemorySegment allocate(long bytes);

    void copyIn(MemorySegment from, long offset, MemorySegment to, long bytes);

    void copyOut(MemorySegment from, MemorySegment to, long offset, long bytes);

    /** For arrays: off the heap. */
    final class OffHeap implements Room {
        private static final long ALIGNMENT = 64;

        @Override
        public boolean isNeededFor(Call call, int slot) {
            return call.bases[slot] != null;
        }

        @Override
        public MemorySegment allocate(long bytes) {
            return Arena.ofAuto().allocate(bytes, ALIGNMENT);
        }

        @Override
        public void copyIn(MemorySegment from, long offset, MemorySegment to, long bytes) {
            MemorySegment.copy(from, offset, to, 0, bytes);
        }

        @Override
        public void copyOut(MemorySegment from, MemorySegment to, long offset, long bytes) {
            MemorySegment.copy(from, 0, to, offset, bytes);
        }
    }

    /** For the host's memory: on the device. */
    record OnDevice(Device device) implements Room {
        @Override
        public boolean isNeededFor(Call call, int slot) {
            return !call.onDevice[slot] && (call.bytes[slot] > 0 || call.bases[slot] != null);
        }

        @Override
        public MemorySegment allocate(long bytes) {
            return device.allocate(Arena.ofAuto(), bytes);
        }

        @Override
        public void copyIn(MemorySegment from, long offset, MemorySegment to, long bytes) {
            device.copyIn(from, offset, to, bytes);
        }

        @Override
        public void copyOut(MemorySegment from, MemorySegment to, long offset, long bytes) {
            device.copyOut(from, to, offset, bytes);
        }
    }
}
