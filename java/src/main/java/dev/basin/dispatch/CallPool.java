package dev.basin.dispatch;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one kernel that are not under way. Whoever makes a call takes one out, so the pool also tells when none is under
 * way any more, at no cost to the caller beyond reading a flag: the exchange that takes a call out is the fence that closing
 * relies on.
 */
final class CallPool {
    private static final int KEPT = 8;

    private final Supplier<Call> supplier;
    private final Lifetime lifetime;
    private final AtomicReferenceArray<@Nullable Call> idle = new AtomicReferenceArray<>(KEPT);
    /** Those under way and those kept. */
    private final AtomicInteger made = new AtomicInteger();

    CallPool(Supplier<Call> supplier, Lifetime lifetime) {
        this.supplier = supplier;
        this.lifetime = lifetime;
        lifetime.add(this);
    }

    /** A call to fill and run; refused once the lifetime is over. */
    Call acquire() {
        Call call = take();
        if (lifetime.isOver()) {
            release(call);
            throw Lifetime.refusal();
        }
        return call;
    }

    private Call take() {
        for (int i = 0; i < KEPT; i++) {
            Call call = idle.get(i);
            if (call != null && idle.compareAndSet(i, call, null)) {
                return call;
            }
        }
        made.incrementAndGet();
        return supplier.get();
    }

    void release(Call call) {
        for (int i = 0; i < KEPT; i++) {
            if (idle.get(i) == null && idle.compareAndSet(i, null, call)) {
                return;
            }
        }
        made.decrementAndGet();
    }

    /** Once the lifetime is over: lets go of the calls that are back, and says whether that was all of them. */
    boolean drain() {
        for (int i = 0; i < KEPT; i++) {
            if (idle.getAndSet(i, null) != null) {
                made.decrementAndGet();
            }
        }
        return made.get() == 0;
    }
}
