package dev.basin.linear;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.kernel.LinearKernels;

/**
 * Perceptrons: steps along the examples that are told wrong, towards which {@link LogisticDescent} tends as its steps grow (Tyurin, arXiv
 * 2412.08424; the classical one is Rosenblatt's).
 *
 * <pre>{@code
 * S = {i : y_i <a_i, theta> at most 0}
 * batch:       theta = theta + (1/n) sum over S of y_i a_i;  the first step theta + (1/2n) sum over all
 * normalised:  theta = theta + (1/|S|) sum over S of y_i a_i
 * classical:   theta = theta + y_j a_j, j the first of S (the paper: any)
 * }</pre>
 *
 * Where S is empty theta stays. Shapes and types are those of {@link LogisticDescent}. Errors are {@link IllegalArgumentException}; theta is as it
 * was then.
 */
public enum Perceptron {
    BATCH,
    NORMALIZED_BATCH,
    CLASSICAL;

    /**
     * Makes a step.
     *
     * @param isFirst whether it is the first from 0, which the batch form makes half as long along all examples
     * @return how many examples were told wrong before it
     */
    public long step(Basin basin, Tensor features, Tensor labels, Tensor theta, boolean isFirst) {
        boolean takesAll = this == BATCH && isFirst;
        LinearPass pass = LinearPass.over(
                basin, features, labels, theta, takesAll ? LinearKernels.EVERY_ROW : LinearKernels.MISTAKES);
        long mistakes = features.rows() - pass.correct();
        if (mistakes == 0 && !takesAll) {
            return 0;
        }
        switch (this) {
            case BATCH -> pass.move(theta, takesAll ? 0.5 / features.rows() : 1.0 / features.rows());
            case NORMALIZED_BATCH -> pass.move(theta, 1 / pass.weights());
            case CLASSICAL -> addRow(features, labels, theta, (long) pass.largest());
        }
        return mistakes;
    }

    private static void addRow(Tensor features, Tensor labels, Tensor theta, long row) {
        for (long i = 0; i < theta.size(); i++) {
            theta.set(i, theta.get(i) + labels.get(row) * features.get(row * features.columns() + i));
        }
    }
}
