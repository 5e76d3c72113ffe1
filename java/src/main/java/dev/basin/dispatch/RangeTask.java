package dev.basin.dispatch;

/** Work on a half-open range, in pieces of any size, in any order, on any thread. */
@FunctionalInterface
public interface RangeTask {
    void run(long begin, long end);
}
