package dev.basin.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Threads that help the caller with one task at a time. The caller works too and waits only for pieces that a helper has
 * begun, so that a neighbour who takes a core costs that core and no more. Helpers spin briefly for the next task and then
 * park: waking a pool costs tens of microseconds. A second caller meanwhile works alone, with the same results, since the
 * pieces follow from the task and not from who runs them.
 */
public final class Team implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(Team.class.getName());
    private static final long SPIN_NANOS = 50_000;
    private static final int CLOSED = Integer.MIN_VALUE;

    private final int threads;
    private final @Nullable Executor executor;
    private final List<Helper> helpers = new ArrayList<>();
    private final Runnable visit = this::helpOnce;

    private final AtomicBoolean busy = new AtomicBoolean();
    /** How many helpers are inside the task; with {@link #CLOSED} added when no more may enter. */
    private final AtomicInteger participants = new AtomicInteger(CLOSED);
    private final AtomicLong next = new AtomicLong();
    private volatile @Nullable Throwable failure;
    private volatile @Nullable Thread waiter;
    private volatile boolean stopped;
    /** How many threads are inside {@link #run}. */
    private final AtomicInteger callers = new AtomicInteger();

    /** Written by the caller before helpers may enter, so that entering makes them visible. */
    private @Nullable RangeTask task;
    private long end;
    private long grain;

    private Team(int threads, @Nullable Executor executor) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, got " + threads);
        }
        this.threads = threads;
        this.executor = executor;
    }

    /** A team of its own daemon threads, the caller counted among them. */
    public static Team of(int threads) {
        Team team = new Team(threads, null);
        for (int i = 1; i < threads; i++) {
            Helper helper = team.new Helper(i);
            team.helpers.add(helper);
            helper.thread.start();
        }
        return team;
    }

    /** A team that asks an executor for its helpers, and leaves the executor open. */
    public static Team of(int threads, Executor executor) {
        return new Team(threads, executor);
    }

    public int threads() {
        return threads;
    }

    /** Runs a task on {@code [begin, end)} in pieces of {@code grain}, and returns when all are done. */
    public void run(RangeTask work, long begin, long end, long grain) {
        callers.incrementAndGet();
        try {
            if (stopped) {
                throw Lifetime.refusal();
            }
            runOpen(work, begin, end, grain);
        } finally {
            callers.decrementAndGet();
        }
    }

    private void runOpen(RangeTask work, long begin, long end, long grain) {
        boolean alone = threads == 1 || end - begin <= grain || !busy.compareAndSet(false, true);
        if (alone) {
            runAlone(work, begin, end, grain);
            return;
        }
        try {
            runTogether(work, begin, end, grain);
        } finally {
            task = null;
            busy.set(false);
        }
    }

    private static void runAlone(RangeTask work, long begin, long end, long grain) {
        for (long from = begin; from < end; from += grain) {
            work.run(from, Math.min(end, from + grain));
        }
    }

    private void runTogether(RangeTask work, long begin, long last, long pieces) {
        task = work;
        end = last;
        grain = pieces;
        failure = null;
        next.set(begin);
        participants.set(0);
        callHelpers();
        claimPieces();
        awaitHelpers();
        if (failure instanceof Throwable thrown) {
            Team.<RuntimeException>rethrow(thrown);
        }
    }

    private void callHelpers() {
        if (executor != null) {
            askExecutor(executor);
        }
        for (Helper helper : helpers) {
            helper.wake();
        }
    }

    /** A pool that refuses is no reason to fail: the caller can do all of it. */
    private void askExecutor(Executor pool) {
        try {
            for (int i = 1; i < threads; i++) {
                pool.execute(visit);
            }
        } catch (RejectedExecutionException refused) {
            LOGGER.log(System.Logger.Level.DEBUG, "the executor refused a helper; the caller goes on without", refused);
        }
    }

    private void claimPieces() {
        RangeTask work = task;
        try {
            for (long from = next.getAndAdd(grain); from < end; from = next.getAndAdd(grain)) {
                work.run(from, Math.min(end, from + grain));
            }
        } catch (Throwable thrown) {
            failure = thrown;
            next.set(Long.MAX_VALUE / 2);
        }
    }

    private void awaitHelpers() {
        waiter = Thread.currentThread();
        int inside = participants.getAndUpdate(count -> count | CLOSED);
        long deadline = System.nanoTime() + SPIN_NANOS;
        while (inside != 0 && participants.get() != CLOSED) {
            if (System.nanoTime() < deadline) {
                Thread.onSpinWait();
            } else {
                LockSupport.park(this);
            }
        }
        waiter = null;
    }

    private void helpOnce() {
        if (enter()) {
            claimPieces();
            leave();
        }
    }

    private boolean enter() {
        for (int count = participants.get(); count >= 0; count = participants.get()) {
            if (participants.compareAndSet(count, count + 1)) {
                return true;
            }
        }
        return false;
    }

    private void leave() {
        if (participants.decrementAndGet() == CLOSED) {
            LockSupport.unpark(waiter);
        }
    }

    private boolean hasWork() {
        return participants.get() >= 0 && next.get() < end;
    }

    /** Refuses tasks from now on, waits for those under way and then until the helpers are gone. */
    @Override
    public void close() {
        stopped = true;
        Lifetime.await(() -> callers.get() == 0);
        helpers.forEach(Helper::stop);
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void rethrow(Throwable thrown) throws T {
        throw (T) thrown;
    }

    /** A thread that waits for tasks. */
    private final class Helper implements Runnable {
        private final Thread thread;
        private volatile boolean parked;

        Helper(int number) {
            thread = Thread.ofPlatform().daemon().name("basin-" + number).unstarted(this);
        }

        @Override
        public void run() {
            long idleSince = System.nanoTime();
            while (!stopped) {
                if (hasWork()) {
                    helpOnce();
                    idleSince = System.nanoTime();
                } else if (System.nanoTime() - idleSince < SPIN_NANOS) {
                    Thread.onSpinWait();
                } else {
                    park();
                    idleSince = System.nanoTime();
                }
            }
        }

        private void park() {
            parked = true;
            if (!hasWork() && !stopped) {
                LockSupport.park(Team.this);
            }
            parked = false;
        }

        void wake() {
            if (parked) {
                LockSupport.unpark(thread);
            }
        }

        void stop() {
            LockSupport.unpark(thread);
            boolean interrupted = false;
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
