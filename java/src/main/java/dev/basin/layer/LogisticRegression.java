package dev.basin.layer;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.dispatch.CommonChecks;
import dev.basin.loss.CrossEntropy;
import dev.basin.matrix.Matrix;

/**
 * Multinomial logistic regression's objective: mean cross-entropy of {@code x W' + b} with half of {@code l2} times the squared weights; the
 * discriminative baseline of {@link GaussianNaiveBayes}. Features {@code [rows, width]}, weights {@code [classes, width]}, biases
 * {@code [classes]}, all f32 or all f64.
 */
public final class LogisticRegression {
    private final double l2;

    /** @param l2 finite and at least 0 */
    public LogisticRegression(double l2) {
        CommonChecks.atLeastZero("l2", l2);
        this.l2 = l2;
    }

    /** The objective and its gradients. */
    public double forwardBackward(
            Basin basin, Tensor features, Tensor labels, Tensor weights, Tensor biases, Tensor gradWeights, Tensor gradBiases) {
        DataType type = weights.type();
        if (weights.columns() != features.columns() || biases.size() != weights.rows() || !gradWeights.hasShapeOf(weights)
                || gradBiases.size() != biases.size()) {
            throw new IllegalArgumentException("weights must have rows as wide as features, and biases a number for each, got " + weights + ", "
                    + features + " and " + biases);
        }
        Matrix x = Matrix.of(type, features);
        Matrix w = Matrix.of(type, weights);
        Matrix logits = Matrix.affine(basin.gemm(), x, w, biases::get);
        Tensor both = logits.tensor();
        double loss = new CrossEntropy().forwardBackward(basin, both, labels, both);
        Matrix gradient = w.copy();
        gradient.multiply(basin.gemm(), 1, true, logits, false, x, l2);
        gradient.writeTo(gradWeights);
        for (int k = 0; k < logits.columns(); k++) {
            gradBiases.set(k, logits.columnSum(k));
        }
        return loss + l2 * w.squaredNorm() / 2;
    }
}
