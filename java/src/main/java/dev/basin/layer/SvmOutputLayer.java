package dev.basin.layer;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.loss.Reduction;
import dev.basin.loss.SvmLoss;
import dev.basin.matrix.Matrix;

/**
 * The output layer of GRU-SVM (Agarap, arXiv 1709.03082): {@code 1/2 |W|^2} and the summed {@link SvmLoss} of {@code h W' + b}; biases are
 * not regularised. hidden {@code [rows, d]}, weights {@code [classes, d]}, biases {@code [classes]}, all f32 or all f64.
 */
public final class SvmOutputLayer {
    private final SvmLoss loss;

    /** With a loss, of which the sum is taken. */
    public SvmOutputLayer(SvmLoss loss) {
        this.loss = loss.reduction(Reduction.SUM);
    }

    /** The objective and its gradients. */
    public double forwardBackward(
            Basin basin, Tensor hidden, Tensor weights, Tensor biases, Tensor targets, Tensor gradHidden, Tensor gradWeights,
            Tensor gradBiases) {
        DataType type = weights.type();
        if (weights.columns() != hidden.columns() || biases.size() != weights.rows()) {
            throw new IllegalArgumentException("weights must have rows as wide as hidden, and biases a number for each, got " + weights + ", "
                    + hidden + " and " + biases);
        }
        Matrix h = Matrix.of(type, hidden);
        Matrix w = Matrix.of(type, weights);
        Matrix scores = Matrix.affine(basin.gemm(), h, w, biases::get);
        Tensor both = scores.tensor();
        double total = loss.forwardBackward(basin, both, targets, both);
        Matrix byHidden = Matrix.zeros(type, h.rows(), h.columns());
        byHidden.multiply(basin.gemm(), 1, false, scores, false, w, 0);
        byHidden.writeTo(gradHidden);
        Matrix byWeights = w.copy();
        byWeights.multiply(basin.gemm(), 1, true, scores, false, h, 1);
        byWeights.writeTo(gradWeights);
        for (int k = 0; k < scores.columns(); k++) {
            gradBiases.set(k, scores.columnSum(k));
        }
        return total + w.squaredNorm() / 2;
    }
}
