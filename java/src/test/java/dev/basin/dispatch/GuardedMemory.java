package dev.basin.dispatch;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Memory between two stretches that no one may touch: a step outside of it ends the process at once. Linux only. */
@SuppressWarnings("restricted") // mapping memory is what this is for
final class GuardedMemory {
    /** A multiple of every page size there is. */
    private static final long PAGE = 64 * 1024;
    /** Rows before the range are in the guard too. */
    static final long GUARD = 32 * PAGE;

    private static final int PROTECTED = 0;
    private static final int READ_WRITE = 3;
    private static final int PRIVATE_ANONYMOUS = 0x22;
    private static final MethodHandle MMAP = function("mmap", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
    private static final MethodHandle MPROTECT = function("mprotect", FunctionDescriptor.of(ValueLayout.JAVA_INT,
            ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));

    private final MemorySegment usable;

    /** Maps it, for as long as the process lives. */
    GuardedMemory(long capacity) {
        long bytes = Math.ceilDiv(capacity, PAGE) * PAGE;
        try {
            long start = (long) MMAP.invokeExact(0L, bytes + 2 * GUARD, PROTECTED, PRIVATE_ANONYMOUS, -1, 0L);
            if (start == -1 || (int) MPROTECT.invokeExact(start + GUARD, bytes, READ_WRITE) != 0) {
                throw new IllegalStateException("the system does not map " + bytes + " bytes");
            }
            usable = MemorySegment.ofAddress(start + GUARD).reinterpret(bytes);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    MemorySegment beginning(long bytes) {
        return usable.asSlice(0, bytes);
    }

    MemorySegment ending(long bytes) {
        return usable.asSlice(usable.byteSize() - bytes, bytes);
    }

    private static MethodHandle function(String name, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), descriptor);
    }
}
