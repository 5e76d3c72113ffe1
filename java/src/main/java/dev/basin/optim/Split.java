package dev.basin.optim;

/** Which part of a parameter has moments under {@link Frugal}. */
public sealed interface Split {
    /** All of it, never reset: AdamW. */
    record Whole() implements Split {}

    /** Some columns of a matrix. */
    record Columns(Choice choice) implements Split {}

    /** Some rows of a matrix. */
    record Rows(Choice choice) implements Split {}

    /** Some single entries. */
    record Entries(Choice choice) implements Split {}

    /**
     * Some whole tensors, of those that have this same split: {@code density n}, rounded to the nearest, ties to even.
     *
     * @param density in [0, 1]
     * @param seed decides a random order alone
     */
    record Blocks(double density, Order order, long seed) implements Split {
        public Blocks {
            requireDensity(density);
        }

        int active(int blocks) {
            int active = (int) Math.rint(density * blocks);
            if (order == Order.MIRROR && active % 2 != 0) {
                throw new IllegalArgumentException("the order mirror takes blocks in pairs: density " + density + " of "
                        + blocks + " tensors must be an even number of them, got " + active);
            }
            return active;
        }

        /** Whether one of so many blocks has moments. */
        boolean isActive(int block, int blocks, long subspace) {
            int active = active(blocks);
            if (order == Order.RANDOM) {
                int[] chosen = RandomSelection.of(active, blocks, RandomSelection.mix(seed, subspace));
                return java.util.Arrays.binarySearch(chosen, block) >= 0;
            }
            long turn = switch (order) {
                case DESCENDING -> blocks - 1 - block;
                case MIRROR -> Math.min(2L * block, 2L * (blocks - 1 - block) + 1);
                default -> block;
            };
            return Math.floorMod(turn - subspace * active, blocks) < active;
        }
    }

    /** The order in which blocks have their turn: by chance, or round after round as said. */
    enum Order { RANDOM, ASCENDING, DESCENDING, /** The first and the last, the second and the last but one, and so on. */ MIRROR }

    /**
     * The subspace of the leading singular vectors of the gradient at its start: {@code density} of the smaller dimension's number
     * of them, or of the named side's, rounded to the nearest, ties to even. Where the cut falls among equal singular values, which
     * of their vectors count is not defined.
     *
     * @param density in [0, 1]
     */
    record LowRank(double density, Side side) implements Split {
        public LowRank {
            requireDensity(density);
        }
    }

    /** Whose singular vectors: the right ones of a matrix with at least as many rows as columns unless told, else the left ones. */
    enum Side { SMALLER, LEFT, RIGHT }

    /** Refuses what is no part. */
    static void requireDensity(double density) {
        if (!(density >= 0 && density <= 1)) {
            throw new IllegalArgumentException("density must be in [0, 1], got " + density);
        }
    }
}
