package dev.basin.norm;

import dev.basin.DataType;
import dev.basin.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a Pre-LN Transformer, as far as the residual stream meets them: {@link NormConversion} needs to know what writes
 * into the stream, what reads from it and through which norm. What lies between (attention, activations) is not described, and is
 * not touched.
 *
 * <p>A trainer fills one from its own buffers, which are not copied. Weights are {@code [outputs, inputs]}, of any row stride.
 * With the width {@code d} of the stream:
 *
 * @param kind what all the norms are
 * @param embeddings {@code [entries, d]} each: tokens, positions, a class token; what is looked up is added into the stream
 * @param projections linears that write the network's input into the stream, such as a patch embedding
 * @param blocks in any number
 * @param finalNorm before the head; an absent gamma or beta is ones or zeros
 * @param head reads the last state of the stream. A head tied to an embedding has the same tensor as its weight
 */
public record PreNormModel(
        NormKind kind, List<Tensor> embeddings, List<Linear> projections, List<Block> blocks, NormParameters finalNorm, Linear head) {
    public PreNormModel {
        embeddings = List.copyOf(embeddings);
        projections = List.copyOf(projections);
        blocks = List.copyOf(blocks);
        long width = head.inputs();
        for (int i = 0; i < embeddings.size(); i++) {
            requireMatrix(name("embeddings", i), embeddings.get(i));
            requireWidth(name("embeddings", i), embeddings.get(i).columns(), width);
        }
        for (int i = 0; i < projections.size(); i++) {
            requireWidth(name("projections", i), projections.get(i).outputs(), width);
        }
        for (int i = 0; i < blocks.size(); i++) {
            blocks.get(i).requireWidth(name("blocks", i), width);
        }
        requireVectors("finalNorm", finalNorm, width);
    }

    /** {@code y = weight x + bias}: weight {@code [outputs, inputs]}, bias {@code [outputs]} or null. */
    public record Linear(Tensor weight, @Nullable Tensor bias) {
        public Linear {
            requireMatrix("weight", weight);
            requireVector("bias", bias, weight.rows());
        }

        public long outputs() {
            return weight.rows();
        }

        public long inputs() {
            return weight.columns();
        }
    }

    /**
     * {@code h += attentionOut(attention(attentionIn(norm1(h))));  h += mlpOut(activation(mlpIn(norm2(h))))}.
     *
     * @param attentionIn one linear for queries, keys and values together, or one for each
     * @param mlpIn one linear, or two where the activation is gated
     */
    public record Block(
            NormParameters norm1, List<Linear> attentionIn, Linear attentionOut, NormParameters norm2, List<Linear> mlpIn, Linear mlpOut) {
        public Block {
            attentionIn = List.copyOf(attentionIn);
            mlpIn = List.copyOf(mlpIn);
        }

        void requireWidth(String name, long width) {
            requireVectors(name + ".norm1", norm1, width);
            attentionIn.forEach(linear -> PreNormModel.requireWidth(name + ".attentionIn", linear.inputs(), width));
            PreNormModel.requireWidth(name + ".attentionOut", attentionOut.outputs(), width);
            requireVectors(name + ".norm2", norm2, width);
            mlpIn.forEach(linear -> PreNormModel.requireWidth(name + ".mlpIn", linear.inputs(), width));
            PreNormModel.requireWidth(name + ".mlpOut", mlpOut.outputs(), width);
        }
    }

    /** The width of the residual stream. */
    public long width() {
        return head.inputs();
    }

    /** Every tensor under its place in this description, such as {@code blocks[0].mlpIn[0].weight}; a tied one only once. */
    public Map<String, Tensor> tensors() {
        Map<String, Tensor> named = new LinkedHashMap<>();
        for (int i = 0; i < embeddings.size(); i++) {
            named.put(name("embeddings", i), embeddings.get(i));
        }
        putAll(named, "projections", projections);
        for (int i = 0; i < blocks.size(); i++) {
            String block = name("blocks", i);
            put(named, block + ".norm1", blocks.get(i).norm1);
            putAll(named, block + ".attentionIn", blocks.get(i).attentionIn);
            put(named, block + ".attentionOut", blocks.get(i).attentionOut);
            put(named, block + ".norm2", blocks.get(i).norm2);
            putAll(named, block + ".mlpIn", blocks.get(i).mlpIn);
            put(named, block + ".mlpOut", blocks.get(i).mlpOut);
        }
        put(named, "finalNorm", finalNorm);
        put(named, "head", head);
        if (tiedEmbedding() >= 0) {
            named.remove("head.weight");
        }
        return named;
    }

    /** The index of the embedding that shares memory with the head's weight, or -1. */
    int tiedEmbedding() {
        for (int i = 0; i < embeddings.size(); i++) {
            if (embeddings.get(i).memory().asOverlappingSlice(head.weight.memory()).isPresent()) {
                return i;
            }
        }
        return -1;
    }

    static String name(String list, int index) {
        return list + "[" + index + "]";
    }

    private static void putAll(Map<String, Tensor> named, String name, List<Linear> linears) {
        for (int i = 0; i < linears.size(); i++) {
            put(named, name(name, i), linears.get(i));
        }
    }

    private static void put(Map<String, Tensor> named, String name, Linear linear) {
        named.put(name + ".weight", linear.weight);
        putIfPresent(named, name + ".bias", linear.bias);
    }

    private static void put(Map<String, Tensor> named, String name, NormParameters norm) {
        putIfPresent(named, name + ".gamma", norm.gamma());
        putIfPresent(named, name + ".beta", norm.beta());
    }

    private static void putIfPresent(Map<String, Tensor> named, String name, @Nullable Tensor tensor) {
        if (tensor != null) {
            named.put(name, tensor);
        }
    }

    private static void requireWidth(String name, long actual, long width) {
        if (actual != width) {
            throw new IllegalArgumentException(
                    name + " must have the width " + width + " that the head reads, got " + actual);
        }
    }

    private static void requireVectors(String name, NormParameters norm, long width) {
        requireVector(name + ".gamma", norm.gamma(), width);
        requireVector(name + ".beta", norm.beta(), width);
    }

    private static void requireMatrix(String name, Tensor tensor) {
        if (tensor.rank() != 2 || tensor.type() == DataType.I32) {
            throw new IllegalArgumentException(name + " must be a matrix of real numbers, got " + tensor);
        }
    }

    private static void requireVector(String name, @Nullable Tensor tensor, long size) {
        if (tensor != null && (!Arrays.equals(tensor.shape(), new long[] {size}) || tensor.type() == DataType.I32)) {
            throw new IllegalArgumentException(name + " must be a vector of " + size + " real numbers, got " + tensor);
        }
    }
}
