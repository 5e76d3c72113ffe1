package dev.basin.dispatch;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** When calls may be made: until the end, which waits for those under way. */
public final class Lifetime {
    private static final long PAUSE_NANOS = 20_000;

    private final List<CallPool> pools = new CopyOnWriteArrayList<>();
    private volatile boolean over;

    /** Calls from this pool are waited for. */
    void add(CallPool pool) {
        pools.add(pool);
    }

    /** Whether calls are refused. */
    public boolean isOver() {
        return over;
    }

    /** What a call is refused with. */
    public static IllegalStateException refusal() {
        return new IllegalStateException("this Basin is closed");
    }

    /** Refuses calls from now on and waits until none is under way. */
    public void end() {
        over = true;
        for (CallPool pool : pools) {
            await(pool::drain);
        }
    }

    /** Waits until something is so; an interrupt is kept for later. */
    static void await(BooleanSupplier condition) {
        boolean interrupted = false;
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(PAUSE_NANOS);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
