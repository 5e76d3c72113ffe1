package dev.basin.dispatch;

import dev.basin.binding.Device;
import dev.basin.kernel.KernelDeclaration;

/** One kernel of one backend, as public types call it: checked, cut into pieces, and given only memory that it takes. */
public final class KernelDispatcher {
    /** Work is cut into pieces of about this size: well under a millisecond, which bounds how long a critical call lasts. */
    static final long PIECE_BYTES = 256 * 1024;

    /** Pieces of a vector begin at multiples of this many elements, so that they share no cache line. */
    private static final long PIECE_ALIGNMENT = 64;

    private final KernelDeclaration declaration;
    private final ArgumentChecks checks;
    private final Invoker invoker;
    private final Target target;
    private final Copies copies;
    private final Team team;
    private final long parallelThreshold;
    private final CallPool calls;
    private final int beginSlot;
    private final int endSlot;

    KernelDispatcher(
            KernelDeclaration declaration, Target target, Team team, long parallelThreshold, Lifetime lifetime) {
        this.declaration = declaration;
        this.checks = new ArgumentChecks(declaration, target.takesEveryType(), target.device());
        this.invoker = InvokerBinder.bind(declaration, target.implementation());
        this.target = target;
        Device device = target.device();
        this.copies = new Copies(declaration, device == null ? new Room.OffHeap() : new Room.OnDevice(device));
        this.team = team;
        this.parallelThreshold = parallelThreshold;
        this.calls = new CallPool(() -> new Call(declaration, invoker), lifetime);
        this.beginSlot = declaration.begin().slot();
        this.endSlot = declaration.end().slot();
    }

    /** A call to fill with arguments and then {@link #run}. */
    public Call acquire() {
        return calls.acquire();
    }

    /** Checks the call's arguments, does the work and takes the call back. */
    public void run(Call call) {
        try {
            checks.check(call);
            if (target.traffic().isRecording()) {
                target.traffic().add(declaration, call);
            }
            long begin = call.integers[beginSlot];
            long end = call.integers[endSlot];
            if (begin < end && !target.checksOnly()) {
                execute(call, begin, end);
            }
        } finally {
            call.clear();
            calls.release(call);
        }
    }

    private void execute(Call call, long begin, long end) {
        long bytes = call.touchedBytes();
        boolean heap = call.hasHeapMemory();
        Device device = target.device();
        if (device != null) {
            // The device splits the work itself.
            call.openToHelpers();
            copies.run(call, invoker, begin, end, end - begin);
            device.checkErrors();
        } else if (heap && !target.takesHeapMemory()) {
            copies.run(call, invoker, begin, end, grain(bytes, end - begin));
        } else if (bytes >= parallelThreshold && team.threads() > 1) {
            call.openToHelpers();
            team.run(call, begin, end, grain(bytes, end - begin));
        } else if (heap) {
            runInPieces(call, begin, end, grain(bytes, end - begin));
        } else {
            call.run(begin, end);
        }
    }

    private static void runInPieces(Call call, long begin, long end, long grain) {
        for (long from = begin; from < end; from += grain) {
            call.run(from, Math.min(end, from + grain));
        }
    }

    /** How much of the range is a piece: it follows from the shapes alone. */
    public static long grain(long bytes, long extent) {
        long bytesEach = Math.max(1, bytes / extent);
        long grain = Math.max(1, PIECE_BYTES / bytesEach);
        return grain > PIECE_ALIGNMENT ? grain - grain % PIECE_ALIGNMENT : grain;
    }
}
