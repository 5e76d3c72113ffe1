package dev.basin.optim;

import java.util.Arrays;
import java.util.List;

/** Which units of a tensor (columns, rows, entries) have state, subspace after subspace; the same whenever it is asked. */
public interface Choice {
    /** How many units of so many any choice has at most. */
    int most(int units);

    /**
     * The units chosen, ascending.
     *
     * @param parameter the number of the tensor among the optimizer's
     * @param subspace how often the choice has changed before
     */
    int[] choose(int parameter, long subspace, int units);

    /**
     * {@code floor(density units)} of them by chance, without replacement: a function of the seed, the parameter and the subspace.
     *
     * @param density in [0, 1]
     */
    static Choice random(double density, long seed) {
        return new RandomChoice(density, seed);
    }

    /** A part of the units, by chance. */
    record RandomChoice(double density, long seed) implements Choice {
        public RandomChoice {
            Split.requireDensity(density);
        }

        @Override
        public int most(int units) {
            return (int) Math.floor(density * units);
        }

        @Override
        public int[] choose(int parameter, long subspace, int units) {
            return RandomSelection.of(most(units), units, RandomSelection.mix(RandomSelection.mix(seed, parameter), subspace));
        }
    }

    /** These units, one array a subspace, the last of them from then on. */
    static Choice given(List<int[]> units) {
        if (units.isEmpty()) {
            throw new IllegalArgumentException("units must hold at least one choice, got none");
        }
        List<int[]> choices = units.stream().map(int[]::clone).toList();
        return new Choice() {
            @Override
            public int most(int count) {
                return choices.stream().mapToInt(choice -> choice.length).max().orElse(0);
            }

            @Override
            public int[] choose(int parameter, long subspace, int count) {
                int[] chosen = choices.get((int) Math.min(subspace, choices.size() - 1));
                for (int i = 0; i < chosen.length; i++) {
                    if (chosen[i] < (i == 0 ? 0 : chosen[i - 1] + 1) || chosen[i] >= count) {
                        throw new IllegalArgumentException("the units chosen must ascend from 0 to " + (count - 1)
                                + " without repetition, got " + Arrays.toString(chosen));
                    }
                }
                return chosen.clone();
            }
        };
    }
}
