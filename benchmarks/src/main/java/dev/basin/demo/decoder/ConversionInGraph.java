package dev.basin.demo.decoder;

import dev.basin.Tensor;
import dev.basin.norm.NormConversion;
import dev.basin.norm.NormKind;
import dev.basin.norm.NormParameters;
import dev.basin.norm.PreNormModel;
import dev.basin.norm.PreNormModel.Block;
import dev.basin.norm.PreNormModel.Linear;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Converted weights as a function of the original ones, with its derivative: what a network computes in its graph that trains the
 * original weights of a Pre-LN network while it runs with another norm.
 */
final class ConversionInGraph {
    private final PreNormModel original;
    private final NormKind target;

    /** @param target the norm to run with; that of the original weights for no conversion at all */
    ConversionInGraph(PreNormModel original, NormKind target) {
        this.original = original;
        this.target = target;
    }

    PreNormModel converted() {
        return original.kind() == target ? original : NormConversion.convert(original, target).model();
    }

    /** The gradients by the original weights from those by the {@link #converted} ones. */
    PreNormModel gradients(PreNormModel converted) {
        if (original.kind() == target) {
            return converted;
        }
        List<Tensor> embeddings = converted.embeddings().stream().map(this::embedding).toList();
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < converted.blocks().size(); i++) {
            blocks.add(block(original.blocks().get(i), converted.blocks().get(i)));
        }
        Reader head = Reader.of(original.head(), original.finalNorm(), converted.head());
        return new PreNormModel(original.kind(), embeddings, List.of(), blocks, head.norm(), head.linear());
    }

    private Block block(Block weights, Block gradient) {
        Reader attention = Reader.of(weights.attentionIn().getFirst(), weights.norm1(), gradient.attentionIn().getFirst());
        Reader mlp = Reader.of(weights.mlpIn().getFirst(), weights.norm2(), gradient.mlpIn().getFirst());
        return new Block(attention.norm(), List.of(attention.linear()), writer(gradient.attentionOut()),
                mlp.norm(), List.of(mlp.linear()), writer(gradient.mlpOut()));
    }

    /** Each row, with 0 for a dropped entry, less its mean: the projection is its own derivative. */
    private Tensor embedding(Tensor gradient) {
        int width = (int) original.width();
        int kept = (int) gradient.columns();
        double[] from = Doubles.of(gradient);
        double[] to = new double[(int) gradient.rows() * width];
        for (int row = 0; row < gradient.rows(); row++) {
            double mean = 0;
            for (int i = 0; i < kept; i++) {
                mean += from[row * kept + i] / width;
            }
            for (int i = 0; i < width; i++) {
                to[row * width + i] = (i < kept ? from[row * kept + i] : 0) - mean;
            }
        }
        return Tensor.of(to, gradient.rows(), width);
    }

    /** As {@link #embedding}, down the columns. */
    private Linear writer(Linear gradient) {
        Tensor weight = transposed(embedding(transposed(gradient.weight())));
        Tensor bias = gradient.bias();
        return new Linear(weight, bias == null ? null : vector(embedding(Tensor.of(Doubles.of(bias), 1, bias.size()))));
    }

    /**
     * The gradients by a linear and the norm that it reads through: {@code W' = W diag(gamma)}, less its last column where
     * compressed, and {@code b' = b + W beta}.
     */
    private record Reader(Linear linear, NormParameters norm) {
        static Reader of(Linear weights, NormParameters affine, Linear gradient) {
            double[] gradW = expanded(gradient.weight(), (int) weights.inputs());
            double[] gradB = gradient.bias() == null ? new double[(int) weights.outputs()] : Doubles.of(gradient.bias());
            return new Reader(linear(weights, affine, gradW, gradB), norm(affine, Doubles.of(weights.weight()), gradW, gradB));
        }

        private static double[] expanded(Tensor gradient, int inputs) {
            int kept = (int) gradient.columns();
            double[] from = Doubles.of(gradient);
            double[] to = new double[(int) gradient.rows() * inputs];
            for (int output = 0; output < gradient.rows(); output++) {
                for (int input = 0; input < kept; input++) {
                    to[output * inputs + input] = from[output * kept + input];
                    to[output * inputs + inputs - 1] -= kept < inputs ? from[output * kept + input] : 0;
                }
            }
            return to;
        }

        private static Linear linear(Linear weights, NormParameters affine, double[] gradW, double[] gradB) {
            int inputs = (int) weights.inputs();
            double[] gradient = new double[gradW.length];
            for (int i = 0; i < gradW.length; i++) {
                double gamma = affine.gamma() == null ? 1 : affine.gamma().get(i % inputs);
                double beta = affine.beta() == null ? 0 : affine.beta().get(i % inputs);
                gradient[i] = gradW[i] * gamma + gradB[i / inputs] * beta;
            }
            return new Linear(Tensor.of(gradient, weights.weight().shape()),
                    weights.bias() == null ? null : Tensor.of(gradB, gradB.length));
        }

        private static NormParameters norm(NormParameters affine, double[] w, double[] gradW, double[] gradB) {
            int inputs = gradW.length / gradB.length;
            double[] gamma = new double[inputs];
            double[] beta = new double[inputs];
            for (int i = 0; i < gradW.length; i++) {
                gamma[i % inputs] += gradW[i] * w[i];
                beta[i % inputs] += gradB[i / inputs] * w[i];
            }
            return new NormParameters(present(affine.gamma(), gamma), present(affine.beta(), beta));
        }

        private static @Nullable Tensor present(@Nullable Tensor parameter, double[] gradient) {
            return parameter == null ? null : Tensor.of(gradient, gradient.length);
        }
    }

    private static Tensor vector(Tensor row) {
        return Tensor.of(Doubles.of(row), row.size());
    }

    private static Tensor transposed(Tensor matrix) {
        int columns = (int) matrix.columns();
        double[] from = Doubles.of(matrix);
        double[] to = new double[from.length];
        for (int i = 0; i < from.length; i++) {
            to[i % columns * (int) matrix.rows() + i / columns] = from[i];
        }
        return Tensor.of(to, columns, matrix.rows());
    }
}
