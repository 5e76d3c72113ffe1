package dev.basin.peers;

import java.util.function.Supplier;

/**
 * One way to do a piece of work.
 *
 * @param allowed what it was spared, or may do that others may not
 * @param action does the work once; it may be done again
 * @param result what the first time left
 */
public record Contender(String name, String allowed, Runnable action, Supplier<double[]> result) {
    /** One whose results are those of its first time, since each time starts where the last ended. */
    public static Contender ofFirst(String name, String allowed, Runnable action, Supplier<double[]> result) {
        double[][] kept = new double[1][];
        return new Contender(name, allowed, () -> {
            action.run();
            if (kept[0] == null) {
                kept[0] = result.get();
            }
        }, () -> kept[0]);
    }
}
