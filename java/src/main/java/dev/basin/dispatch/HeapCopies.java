package dev.basin.dispatch;

import dev.basin.kernel.KernelArgument.Access;
import dev.basin.kernel.KernelArgument.TensorArgument;
import dev.basin.kernel.KernelDeclaration;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Runs a kernel over arrays for a backend that cannot take them: a piece of the range at a time is copied off the heap, worked
 * on and copied back. Arguments that the range does not cut are copied once.
 */
final class HeapCopies {
    private final TensorShape[] tensors;

    HeapCopies(KernelDeclaration declaration) {
        this.tensors = declaration.arguments(TensorArgument.class).stream()
                .map(argument -> new TensorShape(declaration, argument))
                .toArray(TensorShape[]::new);
    }

    void run(Call call, Invoker invoker, long begin, long end, long grain) {
        @Nullable MemorySegment[] originals = call.segments.clone();
        try (Arena arena = Arena.ofConfined()) {
            @Nullable MemorySegment[] copies = new MemorySegment[originals.length];
            for (TensorShape tensor : tensors) {
                allocate(tensor, call, arena, copies, Math.min(grain, end - begin));
            }
            for (long from = begin; from < end; from += grain) {
                long to = Math.min(end, from + grain);
                for (TensorShape tensor : tensors) {
                    enter(tensor, call, originals, copies, from, to);
                }
                invoker.invoke(call, from, to);
                for (TensorShape tensor : tensors) {
                    if (tensor.isCutByRange()) {
                        leave(tensor, call, originals, copies, from, to);
                    }
                }
            }
            for (TensorShape tensor : tensors) {
                if (!tensor.isCutByRange()) {
                    leave(tensor, call, originals, copies, begin, end);
                }
            }
        } finally {
            System.arraycopy(originals, 0, call.segments, 0, originals.length);
        }
    }

    private static void allocate(
            TensorShape tensor, Call call, Arena arena, @Nullable MemorySegment[] copies, long pieceLength) {
        int slot = tensor.argument().slot();
        if (call.bases[slot] != null) {
            long bytes = tensor.isCutByRange() ? pieceLength * tensor.outermostBytes(call) : call.bytes[slot];
            copies[slot] = arena.allocate(Math.max(1, bytes), 64);
            if (!tensor.isCutByRange()) {
                copies[slot].copyFrom(originals(call, slot).asSlice(0, call.bytes[slot]));
            }
        }
    }

    private static MemorySegment originals(Call call, int slot) {
        MemorySegment segment = call.segments[slot];
        if (segment == null) {
            throw new AssertionError("a checked call has every segment");
        }
        return segment;
    }

    /** Puts what the kernel works on next into the call; indices stay those of the whole range. */
    @SuppressWarnings("restricted") // only the piece's part of the segment exists, and the kernel touches no other
    private static void enter(
            TensorShape tensor, Call call, @Nullable MemorySegment[] originals, @Nullable MemorySegment[] copies,
            long from, long to) {
        int slot = tensor.argument().slot();
        MemorySegment original = originals[slot];
        MemorySegment copy = copies[slot];
        if (original == null || copy == null) {
            return;
        }
        if (!tensor.isCutByRange()) {
            call.segments[slot] = copy;
            return;
        }
        if (tensor.argument().access() != Access.WRITE || hasGaps(tensor)) {
            copy.copyFrom(piece(tensor, call, original, from, to));
        }
        long skipped = from * tensor.outermostBytes(call);
        call.segments[slot] = MemorySegment.ofAddress(copy.address() - skipped).reinterpret(skipped + copy.byteSize());
    }

    private static void leave(
            TensorShape tensor, Call call, @Nullable MemorySegment[] originals, @Nullable MemorySegment[] copies,
            long from, long to) {
        int slot = tensor.argument().slot();
        MemorySegment original = originals[slot];
        MemorySegment copy = copies[slot];
        if (copy != null && original != null && tensor.argument().isWritten()) {
            MemorySegment piece = tensor.isCutByRange()
                    ? piece(tensor, call, original, from, to)
                    : original.asSlice(0, call.bytes[slot]);
            piece.copyFrom(copy.asSlice(0, piece.byteSize()));
        }
    }

    /** What lies between rows is the caller's: it is copied in, so that it can be copied back as it was. */
    private static boolean hasGaps(TensorShape tensor) {
        return !tensor.argument().stride().isEmpty();
    }

    private static MemorySegment piece(TensorShape tensor, Call call, MemorySegment original, long from, long to) {
        long each = tensor.outermostBytes(call);
        long end = Math.min(to * each, call.bytes[tensor.argument().slot()]);
        return original.asSlice(from * each, end - from * each);
    }
}
