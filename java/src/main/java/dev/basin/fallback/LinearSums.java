package dev.basin.fallback;

import dev.basin.DataType;
import dev.basin.kernel.LinearKernels;
import java.lang.foreign.MemorySegment;

/** What a block of rows says to a step of logistic regression or of a perceptron, from the margins of one row after the other. */
final class LinearSums {
    private static final int F64 = DataType.F64.code();

    private final int rule;
    private double loss;
    private double correct;
    private double largest;
    private double weights;

    /** What the sum over the rows before the last one is to be multiplied by. */
    double before = 1;

    LinearSums(int rule) {
        this.rule = rule;
        this.largest = rule == LinearKernels.LOGISTIC ? Double.NEGATIVE_INFINITY : -1;
    }

    /** The weight of a row with this margin. */
    double add(double margin, long row) {
        boolean isCorrect = margin > 0;
        loss += Logistic.softplus(-margin);
        correct += isCorrect ? 1 : 0;
        double weight = rule == LinearKernels.LOGISTIC ? logistic(-Logistic.softplus(margin)) : mistake(isCorrect, row);
        weights += weight;
        return weight;
    }

    private double logistic(double logWeight) {
        before = 1;
        if (logWeight > largest) {
            before = Math.exp(largest - logWeight);
            weights *= before;
            largest = logWeight;
        }
        return Math.exp(logWeight - largest);
    }

    private double mistake(boolean isCorrect, long row) {
        if (!isCorrect && largest < 0) {
            largest = row;
        }
        return isCorrect && rule == LinearKernels.MISTAKES ? 0 : 1;
    }

    void store(MemorySegment sums, long block) {
        Storage.storeRowIfPresent(F64, sums, block * 4, new double[] {loss, correct, largest, weights});
    }
}
