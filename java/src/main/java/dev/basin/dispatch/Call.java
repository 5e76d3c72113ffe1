package dev.basin.dispatch;

import dev.basin.kernel.KernelDeclaration;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of one call of one kernel, and room for what is worked out about them. Calls are kept and used again, so that
 * calling allocates nothing.
 */
public final class Call implements RangeTask {
    /** {@code int} and {@code long} arguments by slot. */
    public final long[] integers;
    /** {@code double} arguments by slot. */
    public final double[] reals;
    /** Segments by slot. */
    public final @Nullable MemorySegment[] segments;

    /** The array behind a heap segment, else null. */
    final @Nullable Object[] bases;
    /** The bytes of each tensor, from its first element to its last: 0 where it is absent. */
    final long[] bytes;
    /** How many of them it touches: fewer where it takes some rows of a table. */
    final long[] touched;

    /** Whether each tensor is in a device's memory, where the backend is on one. */
    final boolean[] onDevice;
    /** Where each tensor with bytes begins: an address, or a place in its array. */
    final long[] addresses;
    /** What {@link #bytes} and {@link #touched} are where the tensor is given, or -1 where these numbers have not been asked. */
    final long[] neededBytes;
    final long[] neededTouched;

    private final Invoker invoker;
    private final long[] checkedIntegers;
    private final double[] checkedReals;
    private boolean checked;
    /** The caller's segments, while copies of them are in {@link #segments}. */
    final @Nullable MemorySegment[] originals;
    private final @Nullable MemorySegment[] copies;
    private final @Nullable MemorySegment[] confined;
    private final @Nullable MemorySegment[] aliases;

    Call(KernelDeclaration declaration, Invoker invoker) {
        Class<?>[] types = declaration.method().getParameterTypes();
        int segmentCount = 0;
        int realCount = 0;
        for (Class<?> type : types) {
            segmentCount += type == MemorySegment.class ? 1 : 0;
            realCount += type == double.class ? 1 : 0;
        }
        this.integers = new long[types.length - segmentCount - realCount];
        this.reals = new double[realCount];
        this.segments = new MemorySegment[segmentCount];
        this.bases = new Object[segmentCount];
        this.bytes = new long[segmentCount];
        this.touched = new long[segmentCount];
        this.onDevice = new boolean[segmentCount];
        this.addresses = new long[segmentCount];
        this.neededBytes = new long[segmentCount];
        this.neededTouched = new long[segmentCount];
        this.checkedIntegers = new long[integers.length];
        this.checkedReals = new double[realCount];
        this.originals = new MemorySegment[segmentCount];
        this.copies = new MemorySegment[segmentCount];
        this.confined = new MemorySegment[segmentCount];
        this.aliases = new MemorySegment[segmentCount];
        this.invoker = invoker;
    }

    /** Another call of the same kernel with the same numbers. */
    Call withoutMemory(KernelDeclaration declaration) {
        Call other = new Call(declaration, invoker);
        System.arraycopy(integers, 0, other.integers, 0, integers.length);
        System.arraycopy(reals, 0, other.reals, 0, reals.length);
        return other;
    }

    @Override
    public void run(long begin, long end) {
        invoker.invoke(this, begin, end);
    }

    /** Whether the numbers are those that were found to be right last: a trainer calls with the same ones step after step. */
    boolean hasCheckedNumbers() {
        return checked && Arrays.equals(integers, checkedIntegers) && Arrays.equals(reals, checkedReals);
    }

    /** Notes that the numbers are right. */
    void rememberNumbers() {
        System.arraycopy(integers, 0, checkedIntegers, 0, integers.length);
        System.arraycopy(reals, 0, checkedReals, 0, reals.length);
        Arrays.fill(neededBytes, -1);
        checked = true;
    }

    boolean hasHeapMemory() {
        for (Object base : bases) {
            if (base != null) {
                return true;
            }
        }
        return false;
    }

    long touchedBytes() {
        long total = 0;
        for (long length : touched) {
            total += length;
        }
        return total;
    }

    /**
     * Replaces segments that only the calling thread may touch by their bare addresses, for the helpers. That is safe while
     * the owner is inside the call, since nobody else can close their arena. The last replacement is kept, so that a trainer
     * which calls with the same buffers allocates nothing.
     */
    void openToHelpers() {
        for (int i = 0; i < segments.length; i++) {
            MemorySegment segment = segments[i];
            if (segment != null && segment.isNative() && !isShared(segment)) {
                if (confined[i] != segment) {
                    confined[i] = segment;
                    aliases[i] = MemorySegment.ofAddress(segment.address()).reinterpret(segment.byteSize());
                }
                segments[i] = aliases[i];
            }
        }
    }

    /** Memory of at least so many bytes for the copy of an argument; kept, so that steady use allocates nothing. */
    MemorySegment copyOf(int slot, long minimumBytes, Room room) {
        MemorySegment copy = copies[slot];
        if (copy == null || copy.byteSize() < minimumBytes) {
            copy = room.allocate(Math.max(1, minimumBytes));
            copies[slot] = copy;
        }
        return copy;
    }

    /** Lets go of the caller's memory. */
    void clear() {
        Arrays.fill(originals, null);
        Arrays.fill(segments, null);
        Arrays.fill(bases, null);
    }

    /** Whether every thread may touch it. */
    public static boolean isShared(MemorySegment segment) {
        return segment.isAccessibleBy(SomeOtherThread.INSTANCE);
    }

    /** A thread that owns no arena, to ask whether a segment is confined. */
    private static final class SomeOtherThread {
        static final Thread INSTANCE = Thread.ofPlatform().unstarted(() -> {});
    }
}
