package dev.basin.loss;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.matrix.Matrix;
import dev.basin.matrix.Rows;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Verbalizer} upon hidden values: of the projection to the vocabulary only the label words' rows are read, multiplied and get a
 * gradient. The vocabulary's logits are never there: {@code words d} multiplications a row instead of {@code vocabulary d}.
 *
 * <pre>{@code
 * logit of a word = <hidden, embeddings[word]> + bias[word];  classes and loss as in the verbalizer
 * }</pre>
 *
 * <p><b>Shapes.</b> hidden {@code [examples, templates, d]}, embeddings {@code [vocabulary, d]}, bias {@code [vocabulary]} or null: f32 or
 * bf16, computed in f32, or all f64. Class logits {@code [examples, classes]} are f32, or f64. Gradients are like what they are of, but of
 * embeddings and bias they are compact, a row for each word in the order of the words; {@link #scatter} adds them where they belong.
 * Losses are per example, gradients those of their sum.
 *
 * <p>A composition of {@link Basin#gemm}'s products and the verbalizer's kernels. Immutable. Errors are {@link IllegalArgumentException}
 * naming the argument; outputs are untouched then.
 */
public final class VerbalizerHead {
    private final Verbalizer verbalizer;

    /** With these words and this way to pool them. */
    public VerbalizerHead(Verbalizer verbalizer) {
        Arguments.requireGiven("verbalizer", verbalizer);
        this.verbalizer = verbalizer;
    }

    /**
     * What is written on the way back.
     *
     * @param hidden {@code [examples, templates, d]}
     * @param rows {@code [words, d]}: by the words' rows of the embeddings
     * @param biases {@code [words]}: by the words' biases, or null
     */
    public record Gradients(Tensor hidden, Tensor rows, @Nullable Tensor biases) {}

    /**
     * The summed loss, class logits, and gradients.
     *
     * @param losses {@code [examples]}, or null
     * @param gradients null where only the loss is wanted
     */
    public double forwardBackward(
            Basin basin, Tensor hidden, Tensor embeddings, @Nullable Tensor bias, Tensor targets, @Nullable Tensor losses,
            Tensor classLogits, @Nullable Gradients gradients) {
        DataType type = check(hidden, embeddings, bias, classLogits, gradients);
        int words = verbalizer.words();
        Matrix h = Matrix.of(type, hidden);
        Matrix rows = rowsOfWords(type, embeddings);
        Matrix logits = Matrix.affine(basin.gemm(), h, rows, word -> bias == null ? 0 : bias.get(verbalizer.wordId(word)));
        Tensor shaped = Tensor.of(logits.memory(), type, hidden.shape()[0], hidden.shape()[1], words);
        Matrix gradient = Matrix.zeros(type, h.rows(), words);
        Tensor gradWords = Tensor.of(gradient.memory(), type, shaped.shape());
        double total = verbalizer.ofWords(basin, shaped, targets, losses, classLogits, gradients == null ? null : gradWords);
        if (gradients != null) {
            Matrix byHidden = Matrix.zeros(type, h.rows(), h.columns());
            byHidden.multiply(basin.gemm(), 1, false, gradient, false, rows, 0);
            byHidden.writeTo(gradients.hidden());
            Matrix byRows = Matrix.zeros(type, words, h.columns());
            byRows.multiply(basin.gemm(), 1, true, gradient, false, h, 0);
            byRows.writeTo(gradients.rows());
            for (int word = 0; word < words && gradients.biases() != null; word++) {
                gradients.biases().set(word, gradient.columnSum(word));
            }
        }
        return total;
    }

    /** Adds the compact gradients to those by all embeddings and biases, in which nothing else changes. */
    public void scatter(Gradients gradients, Tensor gradEmbeddings, @Nullable Tensor gradBias) {
        Arguments.requireGiven("gradients", gradients);
        Arguments.requireGiven("gradEmbeddings", gradEmbeddings);
        verbalizer.requireWordsBelow(gradEmbeddings.rows());
        int width = Math.toIntExact(gradEmbeddings.columns());
        requireMatrix("gradients", gradients.rows(), verbalizer.words(), width);
        Arguments.requireVector("gradBias", gradBias, gradEmbeddings.rows(), false);
        if (gradBias != null && gradients.biases() == null) {
            throw new IllegalArgumentException("gradBias must be null where there are no gradients by biases, got " + gradBias);
        }
        double[] sum = new double[width];
        double[] added = new double[width];
        for (int word = 0; word < verbalizer.words(); word++) {
            int row = verbalizer.wordId(word);
            Rows.load(gradEmbeddings, row, sum);
            Rows.load(gradients.rows(), word, added);
            for (int j = 0; j < width; j++) {
                sum[j] += added[j];
            }
            Rows.store(gradEmbeddings, row, sum);
            if (gradBias != null) {
                gradBias.set(row, gradBias.get(row) + gradients.biases().get(word));
            }
        }
    }

    private Matrix rowsOfWords(DataType type, Tensor embeddings) {
        Matrix rows = Matrix.zeros(type, verbalizer.words(), Math.toIntExact(embeddings.columns()));
        double[] row = new double[rows.columns()];
        for (int word = 0; word < rows.rows(); word++) {
            Rows.load(embeddings, verbalizer.wordId(word), row);
            for (int j = 0; j < row.length; j++) {
                rows.set(word, j, row[j]);
            }
        }
        return rows;
    }

    /** The type that everything is computed in. */
    private DataType check(
            Tensor hidden, Tensor embeddings, @Nullable Tensor bias, Tensor classLogits, @Nullable Gradients gradients) {
        Arguments.requireGiven("hidden", hidden);
        Arguments.requireGiven("embeddings", embeddings);
        Arguments.requireGiven("classLogits", classLogits);
        if (hidden.rank() != 3) {
            throw new IllegalArgumentException("hidden must have the shape [examples, templates, d], got " + hidden);
        }
        DataType type = hidden.type().computationType();
        requireComputable("hidden", hidden, type);
        requireComputable("embeddings", embeddings, type);
        if (bias != null) {
            requireComputable("bias", bias, type);
        }
        requireMatrix("embeddings", embeddings, embeddings.rows(), hidden.columns());
        verbalizer.requireWordsBelow(embeddings.rows());
        Arguments.requireVector("bias", bias, embeddings.rows(), false);
        if (classLogits.type() != type) {
            throw new IllegalArgumentException("classLogits must be " + type.label() + ", got " + classLogits);
        }
        if (gradients != null) {
            Arguments.requireGiven("gradients.hidden", gradients.hidden());
            if (!gradients.hidden().hasShapeOf(hidden)) {
                throw new IllegalArgumentException("gradients.hidden must have the shape of hidden, got " + gradients.hidden());
            }
            requireMatrix("gradients.rows", gradients.rows(), verbalizer.words(), hidden.columns());
            Arguments.requireVector("gradients.biases", gradients.biases(), verbalizer.words(), false);
        }
        return type;
    }

    private static void requireComputable(String name, Tensor tensor, DataType type) {
        boolean fits = type == DataType.F64 ? tensor.type() == type : tensor.type() == type || tensor.type() == DataType.BF16;
        if (!fits) {
            throw new IllegalArgumentException(name + " must be f32 or bf16, or f64 like all else, got " + tensor);
        }
    }

    private static void requireMatrix(String name, Tensor tensor, long rows, long columns) {
        Arguments.requireGiven(name, tensor);
        if (tensor.rank() != 2 || tensor.rows() != rows || tensor.columns() != columns || tensor.type() == DataType.I32) {
            throw new IllegalArgumentException(name + " must have " + rows + " rows of " + columns + " real numbers, got " + tensor);
        }
    }
}
