package dev.basin.demo.decoder;

import dev.basin.Tensor;
import dev.basin.norm.NormKind;
import dev.basin.norm.NormParameters;
import dev.basin.norm.PreNormModel;
import dev.basin.norm.PreNormModel.Block;
import dev.basin.norm.PreNormModel.Linear;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How large a decoder is.
 *
 * @param vocabulary kinds of tokens
 * @param context the longest sequence
 * @param width of the residual stream
 * @param heads of the attention; divides the width
 * @param hidden units of each MLP
 */
public record DecoderShape(int vocabulary, int context, int width, int heads, int layers, int hidden) {
    /** Far enough from ones and zeros that a conversion which forgot a gamma, beta or bias would show. */
    private static final double SPREAD = 0.3;

    /** Random f64 weights of a Pre-LN decoder, with gamma, beta and biases that are not ones and zeros. */
    public PreNormModel randomWeights(Random random) {
        List<Tensor> embeddings = List.of(normal(random, 1, vocabulary, width), normal(random, 1, context, width));
        List<Block> blocks = IntStream.range(0, layers).mapToObj(layer -> randomBlock(random)).toList();
        NormParameters finalNorm = randomNorm(random);
        return new PreNormModel(NormKind.LAYER_NORM, embeddings, List.of(), blocks, finalNorm,
                randomLinear(random, vocabulary, width, false));
    }

    private Block randomBlock(Random random) {
        return new Block(
                randomNorm(random), List.of(randomLinear(random, 3 * width, width, true)),
                randomLinear(random, width, width, true),
                randomNorm(random), List.of(randomLinear(random, hidden, width, true)),
                randomLinear(random, width, hidden, true));
    }

    private NormParameters randomNorm(Random random) {
        double[] gamma = new double[width];
        for (int i = 0; i < width; i++) {
            gamma[i] = 1 + SPREAD * random.nextGaussian();
        }
        return new NormParameters(Tensor.of(gamma, width), normal(random, SPREAD, width));
    }

    private static Linear randomLinear(Random random, int outputs, int inputs, boolean biased) {
        Tensor weight = normal(random, 1 / Math.sqrt(inputs), outputs, inputs);
        @Nullable Tensor bias = biased ? normal(random, SPREAD, outputs) : null;
        return new Linear(weight, bias);
    }

    private static Tensor normal(Random random, double deviation, long... shape) {
        double[] values = new double[(int) java.util.Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < values.length; i++) {
            values[i] = deviation * random.nextGaussian();
        }
        return Tensor.of(values, shape);
    }
}
