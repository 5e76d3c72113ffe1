package dev.basin.demo.decoder;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.norm.PreNormModel;
import java.util.List;

/** A decoder-only Transformer in double, with its gradients: Pre-LN or converted, as its weights say. */
final class Decoder {
    private final PreNormModel weights;
    private final int time;
    private final int width;
    private final double[] tokens;
    private final double[] positions;
    private final List<BlockLayer> blocks;
    private final NormLayer finalNorm;
    private final LinearLayer head;
    private int[] ids = {};

    /**
     * @param reference a Basin on the {@code reference} backend, for the norms
     * @param weights f64, with embeddings of tokens and positions; read now
     * @param time how long each sequence is
     */
    Decoder(Basin reference, PreNormModel weights, int heads, int time) {
        this.weights = weights;
        this.time = time;
        this.width = (int) weights.width();
        this.tokens = Doubles.of(weights.embeddings().get(0));
        this.positions = Doubles.of(weights.embeddings().get(1));
        this.blocks = weights.blocks().stream()
                .map(block -> new BlockLayer(reference, weights.kind(), block, heads, time))
                .toList();
        this.finalNorm = new NormLayer(reference, weights.kind(), weights.finalNorm(), width);
        this.head = new LinearLayer(weights.head());
    }

    /** Logits {@code [tokens, vocabulary]} of sequences one after the other. */
    double[] forward(int[] sequences) {
        ids = sequences;
        double[] stream = new double[ids.length * width];
        for (int row = 0; row < ids.length; row++) {
            Doubles.addScaled(1, tokens, ids[row] * width, stream, row * width, width);
            Doubles.addScaled(1, positions, row % time * width, stream, row * width, width);
        }
        for (BlockLayer block : blocks) {
            stream = block.forward(stream);
        }
        return head.forward(finalNorm.forward(stream));
    }

    /** The gradients by all weights of the last {@link #forward} from that by its logits; described as the weights are. */
    PreNormModel backward(double[] gradLogits) {
        double[] gradient = finalNorm.backward(head.backward(gradLogits));
        for (BlockLayer block : blocks.reversed()) {
            gradient = block.backward(gradient);
        }
        double[] gradTokens = new double[tokens.length];
        double[] gradPositions = new double[positions.length];
        for (int row = 0; row < ids.length; row++) {
            Doubles.addScaled(1, gradient, row * width, gradTokens, ids[row] * width, width);
            Doubles.addScaled(1, gradient, row * width, gradPositions, row % time * width, width);
        }
        List<Tensor> embeddings = List.of(
                Tensor.of(gradTokens, weights.embeddings().get(0).shape()),
                Tensor.of(gradPositions, weights.embeddings().get(1).shape()));
        return new PreNormModel(weights.kind(), embeddings, List.of(), blocks.stream().map(BlockLayer::gradient).toList(),
                finalNorm.gradient(), head.gradient());
    }
}
