package dev.basin.dispatch;

import dev.basin.kernel.KernelArgument.Access;
import dev.basin.kernel.KernelArgument.TensorArgument;
import dev.basin.kernel.KernelDeclaration;
import java.lang.foreign.MemorySegment;

/**
 * Runs a kernel over memory that it cannot take: arrays for some, the host's memory for a device. A piece of the range at a
 * time is copied to where it can, worked on and copied back. Arguments that the range does not cut are copied once. The copies
 * are the call's, which keeps them.
 */
final class Copies {
    private final Room room;
    private final TensorShape[] tensors;

    Copies(KernelDeclaration declaration, Room room) {
        this.room = room;
        this.tensors = declaration.arguments(TensorArgument.class).stream()
                .map(argument -> new TensorShape(declaration, argument))
                .toArray(TensorShape[]::new);
    }

    void run(Call call, Invoker invoker, long begin, long end, long grain) {
        System.arraycopy(call.segments, 0, call.originals, 0, call.segments.length);
        for (TensorShape tensor : tensors) {
            prepare(tensor, call, Math.min(grain, end - begin));
        }
        for (long from = begin; from < end; from += grain) {
            long to = Math.min(end, from + grain);
            for (TensorShape tensor : tensors) {
                enter(tensor, call, from, to);
            }
            invoker.invoke(call, from, to);
            for (TensorShape tensor : tensors) {
                if (tensor.isCutByRange()) {
                    leave(tensor, call, from, to);
                }
            }
        }
        for (TensorShape tensor : tensors) {
            if (!tensor.isCutByRange()) {
                leave(tensor, call, begin, end);
            }
        }
    }

    /** Makes room for the copy of an array; an array that the range does not cut is copied here. */
    private void prepare(TensorShape tensor, Call call, long pieceLength) {
        int slot = tensor.argument().slot();
        if (room.isNeededFor(call, slot)) {
            long bytes = tensor.isCutByRange() ? pieceLength * tensor.outermostBytes(call) : call.bytes[slot];
            MemorySegment copy = call.copyOf(slot, bytes, room);
            if (!tensor.isCutByRange()) {
                copyIn(call, slot, copy, 0, call.bytes[slot]);
                call.segments[slot] = copy;
            }
        }
    }

    /** Puts what the kernel works on next into the call; indices stay those of the whole range. */
    @SuppressWarnings("restricted") // only the piece's part of the segment exists, and the kernel touches no other
    private void enter(TensorShape tensor, Call call, long from, long to) {
        int slot = tensor.argument().slot();
        if (!room.isNeededFor(call, slot) || !tensor.isCutByRange()) {
            return;
        }
        MemorySegment copy = call.copyOf(slot, 0, room);
        long skipped = from * tensor.outermostBytes(call);
        if (tensor.argument().access() != Access.WRITE || hasGaps(tensor)) {
            copyIn(call, slot, copy, skipped, pieceEnd(tensor, call, to));
        }
        call.segments[slot] = skipped == 0
                ? copy
                : MemorySegment.ofAddress(copy.address() - skipped).reinterpret(skipped + copy.byteSize());
    }

    private void leave(TensorShape tensor, Call call, long from, long to) {
        int slot = tensor.argument().slot();
        if (room.isNeededFor(call, slot) && tensor.argument().isWritten()) {
            long begin = tensor.isCutByRange() ? from * tensor.outermostBytes(call) : 0;
            long end = tensor.isCutByRange() ? pieceEnd(tensor, call, to) : call.bytes[slot];
            room.copyOut(call.copyOf(slot, 0, room), original(call, slot), begin, end - begin);
        }
    }

    private void copyIn(Call call, int slot, MemorySegment copy, long begin, long end) {
        room.copyIn(original(call, slot), begin, copy, end - begin);
    }

    private static MemorySegment original(Call call, int slot) {
        MemorySegment segment = call.originals[slot];
        if (segment == null) {
            throw new AssertionError("a checked call has every segment");
        }
        return segment;
    }

    /** What lies between rows is the caller's: it is copied in, so that it can be copied back as it was. */
    private static boolean hasGaps(TensorShape tensor) {
        return !tensor.argument().stride().isEmpty();
    }

    private static long pieceEnd(TensorShape tensor, Call call, long to) {
        return Math.min(to * tensor.outermostBytes(call), call.bytes[tensor.argument().slot()]);
    }
}
