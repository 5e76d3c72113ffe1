package dev.basin.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.kernel.DiagnosticKernels;
import dev.basin.kernel.Input;
import dev.basin.kernel.RangeBegin;
import dev.basin.kernel.RangeEnd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What lies between a public type and a backend. */
class FrontTest {
    /** A kernel that notes the pieces it is given. */
    interface Recorder {
        void record(
                @Input(shape = "elements", type = "f32") MemorySegment values,
                @RangeBegin long begin,
                @RangeEnd("elements") long end);
    }

    private final List<String> pieces = Collections.synchronizedList(new ArrayList<>());
    private final Recorder recorder = (values, begin, end) -> pieces.add(begin + "-" + end);

    @Test
    void offHeapMemoryBelowTheThresholdGoesInOnePiece() {
        call(new Target(recorder, true, false, null, false, new Traffic()), 1 << 20, false, 200_000);
        assertEquals(List.of("0-200000"), pieces);
    }

    @Test
    void arraysGoInPiecesThatHoldTheCollectorUpBriefly() {
        call(new Target(recorder, true, false, null, false, new Traffic()), Long.MAX_VALUE, true, 200_000);
        assertEquals(List.of("0-65536", "65536-131072", "131072-196608", "196608-200000"), pieces);
    }

    @Test
    void piecesForTheTeamFollowFromTheShape() {
        call(new Target(recorder, true, false, null, false, new Traffic()), 0, false, 200_000);
        Collections.sort(pieces);
        assertEquals(List.of("0-65536", "131072-196608", "196608-200000", "65536-131072"), pieces);
    }

    @Test
    void arraysAreCopiedByBlocksForABackendThatTakesNone() {
        List<Float> firsts = new ArrayList<>();
        Recorder offHeapOnly = (values, begin, end) -> {
            assertTrue(values.isNative());
            firsts.add(values.get(java.lang.foreign.ValueLayout.JAVA_FLOAT, begin * 4));
        };
        call(new Target(offHeapOnly, false, false, null, false, new Traffic()), 0, true, 200_000);
        assertEquals(List.of(0f, 65536f, 131072f, 196608f), firsts);
    }

    @Test
    void checksAloneDoNotCallTheKernel() {
        call(new Target(recorder, true, false, null, true, new Traffic()), 0, false, 10);
        assertEquals(List.of(), pieces);
    }

    @Test
    void anEmptyRangeDoesNotCallTheKernel() {
        call(new Target(recorder, true, false, null, false, new Traffic()), 0, false, 0);
        assertEquals(List.of(), pieces);
    }

    @Test
    void callsFromManyThreadsKeepTheirArgumentsApart() throws Exception {
        AtomicInteger wrong = new AtomicInteger();
        DiagnosticKernels check = (values, begin, end) -> {
            if (values.byteSize() != 4 * end) {
                wrong.incrementAndGet();
            }
        };
        DiagnosticKernels front = Front.family(
                DiagnosticKernels.class, new Target(check, true, false, null, false, new Traffic()), Team.of(1), 0, new Lifetime());
        List<Thread> threads = new ArrayList<>();
        for (int t = 1; t <= 12; t++) {
            int size = t;
            threads.add(Thread.ofPlatform().start(() -> {
                MemorySegment values = MemorySegment.ofArray(new float[size]);
                for (int i = 0; i < 20_000; i++) {
                    front.empty(values, 0, size);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(0, wrong.get());
    }

    @Test
    void theEndOfALifetimeWaitsForCallsUnderWayAndRefusesLaterOnes() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayReturn = new CountDownLatch(1);
        DiagnosticKernels slow = (values, begin, end) -> {
            begun.countDown();
            awaitUninterrupted(mayReturn);
        };
        Lifetime lifetime = new Lifetime();
        DiagnosticKernels front = Front.family(
                DiagnosticKernels.class, new Target(slow, true, false, null, false, new Traffic()), Team.of(1), Long.MAX_VALUE, lifetime);
        MemorySegment values = MemorySegment.ofArray(new float[1]);
        Thread caller = Thread.ofPlatform().start(() -> front.empty(values, 0, 1));
        begun.await();
        Thread closer = Thread.ofPlatform().start(lifetime::end);
        while (!lifetime.isOver()) {
            Thread.onSpinWait();
        }
        assertThrows(IllegalStateException.class, () -> front.empty(values, 0, 1));
        closer.join(Duration.ofMillis(20));
        assertTrue(closer.isAlive() && caller.isAlive());
        mayReturn.countDown();
        assertTrue(closer.join(Duration.ofSeconds(20)) && caller.join(Duration.ofSeconds(20)));
        assertThrows(IllegalStateException.class, () -> front.empty(values, 0, 1));
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void call(Target target, long threshold, boolean heap, int elements) {
        try (Team team = Team.of(2); Arena arena = Arena.ofConfined()) {
            MemorySegment values = heap ? MemorySegment.ofArray(new float[elements]) : arena.allocate(4L * elements + 4, 4);
            for (int i = 0; i < elements; i++) {
                values.setAtIndex(java.lang.foreign.ValueLayout.JAVA_FLOAT, i, i);
            }
            Front.family(Recorder.class, target, team, threshold, new Lifetime()).record(values, 0, elements);
        }
    }
}
