package dev.basin.optim;

/** Samples without replacement that follow from a key alone, by SplitMix64 (Steele, Lea and Flood 2014). */
final class RandomSelection {
    private RandomSelection() {}

    /** A key of both. */
    static long mix(long key, long number) {
        long z = key + (number + 1) * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** So many of the numbers below {@code units}, ascending: each is taken with the chance that is left (Knuth's algorithm S). */
    static int[] of(int count, int units, long key) {
        int[] chosen = new int[count];
        int taken = 0;
        for (int unit = 0; taken < count; unit++) {
            long below = Math.unsignedMultiplyHigh(mix(key, unit), units - unit);
            if (below < count - taken) {
                chosen[taken++] = unit;
            }
        }
        return chosen;
    }
}
