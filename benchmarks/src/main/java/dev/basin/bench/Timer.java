package dev.basin.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Times several actions in turn, round after round, so that what else the machine does meets all of them alike. A sample is
 * long enough for the clock; the median of the rounds is the time, and half of the rounds lie within the spread.
 */
public final class Timer {
    /**
     * How carefully to time.
     *
     * @param warmUpNanos how long each action runs before it counts
     * @param sampleNanos how long a sample lasts at least
     */
    public record Effort(int rounds, long warmUpNanos, long sampleNanos) {
        public static final Effort USUAL = new Effort(11, 400_000_000L, 20_000_000L);
        public static final Effort QUICK = new Effort(5, 100_000_000L, 5_000_000L);
    }

    /**
     * How long an action takes.
     *
     * @param nanos the median
     * @param spread the distance between the quartiles, as a share of the median
     */
    public record Time(double nanos, double spread) {}

    /** Tells how many nanoseconds an action takes. */
    @FunctionalInterface
    public interface Clock {
        double nanos(Runnable action);
    }

    private final Effort effort;
    private final long pauseMillis;
    private final List<Entry> entries = new ArrayList<>();

    public Timer(Effort effort) {
        this(effort, 0);
    }

    /** @param pauseMillis how long to wait before each sample, for what the one before may still be doing */
    public Timer(Effort effort, long pauseMillis) {
        this.effort = effort;
        this.pauseMillis = pauseMillis;
    }

    /** Adds an action, timed by the clock of this machine; the number it has in the answer. */
    public int add(Runnable action) {
        return add(action, Timer::wallNanos);
    }

    /** The same by another clock. */
    public int add(Runnable action, Clock clock) {
        entries.add(new Entry(action, clock, effort.rounds()));
        return entries.size() - 1;
    }

    /** Times all of them. */
    public List<Time> run() {
        entries.forEach(entry -> entry.warmUp(effort));
        for (int round = 0; round < effort.rounds(); round++) {
            for (Entry entry : entries) {
                pause();
                entry.sample(round);
            }
        }
        return entries.stream().map(Entry::time).toList();
    }

    private void pause() {
        LockSupport.parkNanos(pauseMillis * 1_000_000);
    }

    static double wallNanos(Runnable action) {
        long start = System.nanoTime();
        action.run();
        return System.nanoTime() - start;
    }

    private static final class Entry {
        private final Runnable action;
        private final Clock clock;
        private final double[] samples;
        private int repeats = 1;

        Entry(Runnable action, Clock clock, int rounds) {
            this.action = action;
            this.clock = clock;
            this.samples = new double[rounds];
        }

        void warmUp(Effort effort) {
            long start = System.nanoTime();
            double total = 0;
            long count = 0;
            do {
                total += clock.nanos(action);
                count++;
            } while (System.nanoTime() - start < effort.warmUpNanos());
            double each = total / count;
            repeats = (int) Math.max(1, Math.ceil(effort.sampleNanos() / each));
        }

        void sample(int round) {
            action.run(); // what was timed before has emptied the caches
            samples[round] = clock.nanos(this::repeat) / repeats;
        }

        private void repeat() {
            for (int i = 0; i < repeats; i++) {
                action.run();
            }
        }

        Time time() {
            double[] sorted = samples.clone();
            Arrays.sort(sorted);
            int last = sorted.length - 1;
            double median = sorted[last / 2];
            return new Time(median, (sorted[last - last / 4] - sorted[last / 4]) / median);
        }
    }
}
