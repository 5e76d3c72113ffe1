package dev.basin.demo.decoder;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.norm.NormParameters;
import dev.basin.norm.NormStatistics;
import dev.basin.norm.PreNormModel;
import dev.basin.norm.PreNormModel.Block;
import dev.basin.norm.PreNormModel.Linear;
import dev.basin.norm.RowNorm;
import java.lang.foreign.ValueLayout;

/**
 * The forward pass of a {@link Decoder} in float, as a trainer would run it: norms by Basin's kernels, fused with the residual
 * add before them, matrix products by its Gemm, the rest in plain Java.
 */
final class FloatDecoder {
    private final Basin basin;
    private final PreNormModel weights;
    private final RowNorm<?> norm;
    private final int heads;
    private final int time;
    private final int width;

    /** @param weights f32 */
    FloatDecoder(Basin basin, PreNormModel weights, int heads, int time) {
        this.basin = basin;
        this.weights = weights;
        this.norm = weights.kind().norm();
        this.heads = heads;
        this.time = time;
        this.width = (int) weights.width();
    }

    /** Logits {@code [tokens, vocabulary]} of sequences one after the other. */
    float[] forward(int[] ids) {
        float[] stream = embedded(ids);
        float[] branch = new float[stream.length];
        for (Block block : weights.blocks()) {
            float[] normed = addAndNormalise(stream, branch, block.norm1());
            branch = linear(block.attentionOut(), attention(linear(block.attentionIn().getFirst(), normed)));
            normed = addAndNormalise(stream, branch, block.norm2());
            float[] hidden = linear(block.mlpIn().getFirst(), normed);
            for (int i = 0; i < hidden.length; i++) {
                hidden[i] = (float) Gelu.value(hidden[i]);
            }
            branch = linear(block.mlpOut(), hidden);
        }
        return linear(weights.head(), addAndNormalise(stream, branch, weights.finalNorm()));
    }

    private float[] embedded(int[] ids) {
        Tensor tokens = weights.embeddings().get(0);
        Tensor positions = weights.embeddings().get(1);
        float[] stream = new float[ids.length * width];
        for (int row = 0; row < ids.length; row++) {
            for (int i = 0; i < width; i++) {
                stream[row * width + i] =
                        (float) tokens.get((long) ids[row] * width + i) + (float) positions.get((long) row % time * width + i);
            }
        }
        return stream;
    }

    /** Adds the branch to the stream; the norm of the sum. */
    private float[] addAndNormalise(float[] stream, float[] branch, NormParameters affine) {
        float[] normed = new float[stream.length];
        Tensor residual = matrix(stream);
        norm.addForward(basin, residual, matrix(branch), affine, residual, matrix(normed), NormStatistics.NONE);
        return normed;
    }

    private Tensor matrix(float[] values) {
        return Tensor.of(values, values.length / width, width);
    }

    private float[] linear(Linear linear, float[] x) {
        int inputs = (int) linear.inputs();
        int outputs = (int) linear.outputs();
        int rows = x.length / inputs;
        float[] y = new float[rows * outputs];
        Tensor bias = linear.bias();
        for (int i = 0; bias != null && i < y.length; i++) {
            y[i] = (float) bias.get(i % outputs);
        }
        float[] weight = linear.weight().memory().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
        basin.gemm().multiply(false, true, rows, outputs, inputs, 1, x, weight, 1, y);
        return y;
    }

    /** See {@link AttentionLayer}. */
    private float[] attention(float[] qkv) {
        int inner = (int) weights.blocks().getFirst().attentionOut().inputs();
        float[] y = new float[qkv.length / 3];
        for (int row = 0; row < y.length / inner; row++) {
            for (int head = 0; head < heads; head++) {
                attend(qkv, inner, row, head * (inner / heads), y);
            }
        }
        return y;
    }

    private void attend(float[] qkv, int inner, int row, int offset, float[] y) {
        int size = inner / heads;
        int first = row - row % time;
        float[] shares = new float[row - first + 1];
        float largest = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < shares.length; i++) {
            int query = row * 3 * inner + offset;
            int key = (first + i) * 3 * inner + inner + offset;
            for (int j = 0; j < size; j++) {
                shares[i] += qkv[query + j] * qkv[key + j];
            }
            shares[i] /= (float) Math.sqrt(size);
            largest = Math.max(largest, shares[i]);
        }
        float sum = 0;
        for (int i = 0; i < shares.length; i++) {
            shares[i] = (float) Math.exp(shares[i] - largest);
            sum += shares[i];
        }
        for (int i = 0; i < shares.length; i++) {
            int value = (first + i) * 3 * inner + 2 * inner + offset;
            for (int j = 0; j < size; j++) {
                y[row * inner + offset + j] += shares[i] / sum * qkv[value + j];
            }
        }
    }
}
