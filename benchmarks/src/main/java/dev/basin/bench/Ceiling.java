package dev.basin.bench;

import dev.basin.Basin;
import dev.basin.dispatch.Traffic.Moved;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The time in which as many streams of the same size move without arithmetic: no kernel that has to move them can be faster.
 * What is written and not read is written both ways, through the caches and past them, and the faster one counts.
 *
 * @param streams how many of each kind, and how long
 * @param plain moves them through the caches
 * @param around moves them past the caches; the same as {@code plain} where nothing is only written, and on a device
 */
record Ceiling(Streams streams, Runnable plain, Runnable around) {
    /** Streams shorter than this part of the longest have no say in which ceiling is the right one. */
    private static final int SHORTEST_PART = 64;

    private static final int MOST_UPDATES = 3;
    private static final int MOST_READS = 3;
    private static final int MOST_WRITES = 2;

    /** @param bytes of all of them, those of updates twice */
    record Streams(int updates, int reads, int writes, long bytes) {
        /** Those of one call. */
        static Streams of(Moved moved) {
            long longest = 0;
            for (List<Long> kind : List.of(moved.updates(), moved.reads(), moved.writes())) {
                longest = Math.max(longest, kind.stream().mapToLong(Long::longValue).max().orElse(0));
            }
            long shortest = Math.max(1, longest / SHORTEST_PART);
            return new Streams(
                    Math.min(MOST_UPDATES, count(moved.updates(), shortest)), Math.min(MOST_READS, count(moved.reads(), shortest)),
                    Math.min(MOST_WRITES, count(moved.writes(), shortest)), moved.bytes());
        }

        private static int count(List<Long> bytes, long shortest) {
            return (int) bytes.stream().filter(each -> each >= shortest).count();
        }

        long elements() {
            return Math.max(1, bytes / (Float.BYTES * (2L * updates + reads + writes)));
        }
    }

    /** The ceilings of several calls, one for each kernel and kind of streams, at the size of all its calls. */
    static List<Ceiling> of(List<Moved> calls, Basin basin, Arena arena) {
        Map<String, Streams> together = new LinkedHashMap<>();
        for (Moved call : calls) {
            Streams streams = Streams.of(call);
            if (streams.bytes() > 0) {
                String kind = call.kernel() + streams.updates() + streams.reads() + streams.writes();
                together.merge(kind, streams, (a, b) -> new Streams(a.updates(), a.reads(), a.writes(), a.bytes() + b.bytes()));
            }
        }
        long all = together.values().stream().mapToLong(Streams::bytes).sum();
        List<Ceiling> ceilings = new ArrayList<>();
        for (Streams streams : together.values()) {
            if (streams.bytes() >= all / SHORTEST_PART) {
                ceilings.add(of(streams, basin, arena));
            }
        }
        return ceilings;
    }

    private static Ceiling of(Streams streams, Basin basin, Arena arena) {
        MemorySegment[] updates = allocate(streams.updates(), MOST_UPDATES, streams.elements(), arena);
        MemorySegment[] reads = allocate(streams.reads(), MOST_READS, streams.elements(), arena);
        MemorySegment[] writes = allocate(streams.writes(), MOST_WRITES, streams.elements(), arena);
        Runnable plain = basin.repeatable(action(basin, updates, reads, writes, streams.elements(), 0), arena);
        boolean isOneWay = streams.writes() == 0 || basin.hasDevice();
        return new Ceiling(streams, plain, isOneWay ? plain : action(basin, updates, reads, writes, streams.elements(), 1));
    }

    private static Runnable action(
            Basin basin, MemorySegment[] updates, MemorySegment[] reads, MemorySegment[] writes, long elements, int around) {
        return () -> basin.kernels().bandwidth().stream(
                updates[0], updates[1], updates[2], reads[0], reads[1], reads[2], writes[0], writes[1], 0, elements, around);
    }

    private static MemorySegment[] allocate(int count, int most, long elements, Arena arena) {
        MemorySegment[] streams = new MemorySegment[most];
        for (int i = 0; i < most; i++) {
            streams[i] = i < count ? arena.allocate(elements * Float.BYTES, 64) : MemorySegment.NULL;
        }
        return streams;
    }
}
