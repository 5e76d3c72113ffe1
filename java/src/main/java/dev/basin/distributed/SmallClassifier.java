package dev.basin.distributed;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.loss.CrossEntropy;
import dev.basin.loss.Reduction;
import dev.basin.matrix.Matrix;
import java.util.ArrayList;
import java.util.List;

/**
 * The models that federated adversarial learning is described with (Li, Song and Yang, arXiv 2208.03635): a softmax over a linear layer, or
 * over two with a rectifier between them, under cross-entropy. The paper's analysis holds the second layer fixed; here both are trained.
 *
 * <p>Parameters are {@code [W, b]} or {@code [W1, b1, W2, b2]}, weights {@code [outputs, inputs]}, f32 (f64 on the reference), and stay the
 * caller's. The gradient by the logit of the true class is minus the sum of the others', not {@code p - 1}: where p rounds to 1 the sign of an
 * attack would be that of a rounding error. Bias gradients are sums in double.
 */
public final class SmallClassifier implements ProjectedGradient.AttackedModel {
    private final Basin basin;
    private final List<Tensor> parameters;
    private final DataType type;

    public SmallClassifier(Basin basin, List<Tensor> parameters) {
        if (parameters.size() != 2 && parameters.size() != 4) {
            throw new IllegalArgumentException("parameters must be a weight and a bias, or two of each, got " + parameters.size());
        }
        for (int i = 0; i < parameters.size(); i += 2) {
            Tensor weights = parameters.get(i);
            Tensor biases = parameters.get(i + 1);
            boolean follows = i == 0 || weights.columns() == parameters.get(i - 1).size();
            if (weights.rank() != 2 || biases.size() != weights.rows() || !follows) {
                throw new IllegalArgumentException("parameters must be weights [outputs, inputs] with a bias an output, got " + parameters);
            }
        }
        this.basin = basin;
        this.parameters = List.copyOf(parameters);
        this.type = parameters.getFirst().type().computationType();
    }

    @Override
    public double differentiate(Tensor inputs, Tensor labels, Tensor gradients) {
        Pass pass = new Pass(inputs, labels);
        pass.toInputs().writeTo(gradients);
        return pass.loss;
    }

    /**
     * A step of gradient descent on the mean loss.
     *
     * @return the mean loss before it
     */
    public double descend(Tensor inputs, Tensor labels, double learningRate) {
        Pass pass = new Pass(inputs, labels);
        List<Matrix> gradients = pass.toParameters();
        double by = learningRate / inputs.rows();
        for (int i = 0; i < parameters.size(); i++) {
            Tensor parameter = parameters.get(i);
            for (int j = 0; j < parameter.size(); j++) {
                parameter.set(j, parameter.get(j) - by * gradients.get(i).at(j));
            }
        }
        return pass.loss / inputs.rows();
    }

    /** How many rows are told right. */
    public long correct(Tensor inputs, Tensor labels) {
        Pass pass = new Pass(inputs, labels);
        return pass.correct;
    }

    /** One way there, from which both ways back begin. */
    private final class Pass {
        private final Matrix inputs;
        private final Matrix hidden;
        private final Matrix errors;
        private final double loss;
        private final long correct;

        Pass(Tensor given, Tensor labels) {
            inputs = Matrix.of(type, given);
            hidden = parameters.size() == 2 ? inputs : rectified(layer(0, inputs));
            errors = layer(parameters.size() - 2, hidden);
            correct = countCorrect(errors, labels);
            Tensor both = errors.tensor();
            loss = new CrossEntropy().reduction(Reduction.SUM).forwardBackward(basin, both, labels, both);
        }

        private Matrix layer(int at, Matrix rows) {
            return Matrix.affine(basin.gemm(), rows, Matrix.of(type, parameters.get(at)), parameters.get(at + 1)::get);
        }

        private static Matrix rectified(Matrix rows) {
            for (int i = 0; i < rows.size(); i++) {
                rows.put(i, Math.max(0, rows.at(i)));
            }
            return rows;
        }

        private static long countCorrect(Matrix logits, Tensor labels) {
            long correct = 0;
            for (int row = 0; row < logits.rows(); row++) {
                int best = 0;
                for (int k = 1; k < logits.columns(); k++) {
                    best = logits.get(row, k) > logits.get(row, best) ? k : best;
                }
                correct += best == (int) labels.get(row) ? 1 : 0;
            }
            return correct;
        }

        /** The errors of the hidden units. */
        private Matrix hiddenErrors() {
            Matrix back = times(errors, parameters.get(2));
            for (int i = 0; i < back.size(); i++) {
                back.put(i, hidden.at(i) > 0 ? back.at(i) : 0);
            }
            return back;
        }

        Matrix toInputs() {
            return times(parameters.size() == 2 ? errors : hiddenErrors(), parameters.getFirst());
        }

        private Matrix times(Matrix rows, Tensor weights) {
            Matrix result = Matrix.zeros(type, rows.rows(), Math.toIntExact(weights.columns()));
            result.multiply(basin.gemm(), 1, false, rows, false, Matrix.of(type, weights), 0);
            return result;
        }

        List<Matrix> toParameters() {
            List<Matrix> gradients = new ArrayList<>();
            if (parameters.size() == 4) {
                addLayer(gradients, hiddenErrors(), inputs);
            }
            addLayer(gradients, errors, hidden);
            return gradients;
        }

        private void addLayer(List<Matrix> gradients, Matrix errorsOfLayer, Matrix given) {
            Matrix weights = Matrix.zeros(type, errorsOfLayer.columns(), given.columns());
            weights.multiply(basin.gemm(), 1, true, errorsOfLayer, false, given, 0);
            gradients.add(weights);
            gradients.add(Matrix.of(type, 1, errorsOfLayer.columns(), errorsOfLayer.columnSums()));
        }
    }
}
