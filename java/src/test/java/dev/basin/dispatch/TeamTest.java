package dev.basin.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("counts threads")
class TeamTest {
    private static final int EXTENT = 10_007;

    @RepeatedTest(20)
    void everyIndexIsWorkedOnOnce() {
        try (Team team = Team.of(3)) {
            AtomicIntegerArray visits = new AtomicIntegerArray(EXTENT);
            for (int round = 1; round <= 50; round++) {
                team.run((begin, end) -> visit(visits, begin, end), 0, EXTENT, 64);
                for (int i = 0; i < EXTENT; i++) {
                    assertEquals(round, visits.get(i), "index " + i);
                }
            }
        }
    }

    @Test
    void manyCallersShareATeam() throws Exception {
        try (Team team = Team.of(2); ExecutorService callers = Executors.newFixedThreadPool(4)) {
            var results = new java.util.ArrayList<java.util.concurrent.Future<?>>();
            for (int caller = 0; caller < 4; caller++) {
                results.add(callers.submit(() -> {
                    for (int round = 0; round < 200; round++) {
                        AtomicIntegerArray visits = new AtomicIntegerArray(1000);
                        team.run((begin, end) -> visit(visits, begin, end), 0, 1000, 10);
                        for (int i = 0; i < 1000; i++) {
                            assertEquals(1, visits.get(i));
                        }
                    }
                }));
            }
            for (var result : results) {
                result.get();
            }
        }
    }

    @Test
    void anExecutorLendsTheHelpers() {
        try (ExecutorService pool = Executors.newFixedThreadPool(2); Team team = Team.of(3, pool)) {
            AtomicIntegerArray visits = new AtomicIntegerArray(EXTENT);
            team.run((begin, end) -> visit(visits, begin, end), 0, EXTENT, 64);
            for (int i = 0; i < EXTENT; i++) {
                assertEquals(1, visits.get(i));
            }
        }
    }

    @Test
    void anExecutorThatRefusesLeavesTheCallerToDoIt() {
        ExecutorService pool = Executors.newFixedThreadPool(1);
        pool.shutdown();
        try (Team team = Team.of(2, pool)) {
            AtomicIntegerArray visits = new AtomicIntegerArray(EXTENT);
            team.run((begin, end) -> visit(visits, begin, end), 0, EXTENT, 64);
            assertEquals(1, visits.get(EXTENT - 1));
        }
    }

    @Test
    void whatAPieceThrowsReachesTheCallerAndTheTeamGoesOn() {
        try (Team team = Team.of(2)) {
            assertThrows(ArithmeticException.class, () -> team.run((begin, end) -> {
                throw new ArithmeticException("piece " + begin);
            }, 0, EXTENT, 64));
            AtomicIntegerArray visits = new AtomicIntegerArray(EXTENT);
            team.run((begin, end) -> visit(visits, begin, end), 0, EXTENT, 64);
            assertEquals(1, visits.get(0));
        }
    }

    @Test
    void helpersHelp() {
        try (Team team = Team.of(2)) {
            var threads = ConcurrentHashMap.<Thread>newKeySet();
            for (int round = 0; round < 1000 && threads.size() < 2; round++) {
                team.run((begin, end) -> {
                    threads.add(Thread.currentThread());
                    Thread.yield();
                }, 0, EXTENT, 1);
            }
            assertEquals(2, threads.size());
        }
    }

    @Test
    void closingLeavesNoThreadBehind() {
        Team team = Team.of(4);
        assertTrue(helperThreads() >= 3);
        team.close();
        assertEquals(0, helperThreads());
    }

    @Test
    void aClosedTeamRefusesTasks() {
        Team team = Team.of(2);
        team.close();
        assertThrows(IllegalStateException.class, () -> team.run((begin, end) -> {}, 0, EXTENT, 64));
    }

    private static long helperThreads() {
        return Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().startsWith("basin-")).count();
    }

    private static void visit(AtomicIntegerArray visits, long begin, long end) {
        for (long i = begin; i < end; i++) {
            visits.incrementAndGet((int) i);
        }
    }
}
