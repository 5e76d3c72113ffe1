package dev.basin.demo;

import dev.basin.Basin;
import java.util.List;

/**
 * The learning rate that an optimizer needs: of a fixed list the one that leaves the lowest cross-entropy on a fifth of the digits to
 * learn from, after training on the others; the mean over three such trainings. The digits that tests are made with have no part in it.
 *
 * @param digits those to learn from
 */
public record LearningRateSearch(Basin basin, Digits digits, int epochs, long seed) {
    /** What is tried. */
    public static final List<Double> RATES = List.of(1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0);

    private static final int TRAININGS = 3;

    /** The optimizer with its best learning rate, the lowest of equals. */
    public TrainingOptimizer tuned(TrainingOptimizer optimizer) {
        TrainingOptimizer best = optimizer;
        double least = Double.POSITIVE_INFINITY;
        for (double rate : RATES) {
            TrainingOptimizer tried = optimizer.learningRate(rate);
            double loss = meanLoss(new Recipe(TrainingLoss.ALL.getFirst(), tried));
            if (loss < least) {
                best = tried;
                least = loss;
            }
        }
        return best;
    }

    private double meanLoss(Recipe recipe) {
        double sum = 0;
        for (long next = seed; next < seed + TRAININGS; next++) {
            Digits.Split parts = digits.split(next);
            sum += new DigitsTraining(basin, recipe, parts, next).run(epochs, (epoch, measured) -> {}).testLoss();
        }
        return sum / TRAININGS;
    }
}
