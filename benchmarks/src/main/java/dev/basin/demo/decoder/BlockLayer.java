package dev.basin.demo.decoder;

import dev.basin.Basin;
import dev.basin.norm.NormKind;
import dev.basin.norm.PreNormModel.Block;
import java.util.List;

/** {@code h += Wo attention(Wqkv norm1(h));  h += W2 gelu(W1 norm2(h))} and its gradients. */
final class BlockLayer {
    private final NormLayer norm1;
    private final LinearLayer qkv;
    private final AttentionLayer attention;
    private final LinearLayer attentionOut;
    private final NormLayer norm2;
    private final LinearLayer mlpIn;
    private final LinearLayer mlpOut;
    private double[] hidden = {};

    BlockLayer(Basin basin, NormKind kind, Block weights, int heads, int time) {
        long width = weights.attentionOut().outputs();
        this.norm1 = new NormLayer(basin, kind, weights.norm1(), width);
        this.qkv = new LinearLayer(weights.attentionIn().getFirst());
        this.attention = new AttentionLayer(heads, (int) weights.attentionOut().inputs(), time);
        this.attentionOut = new LinearLayer(weights.attentionOut());
        this.norm2 = new NormLayer(basin, kind, weights.norm2(), width);
        this.mlpIn = new LinearLayer(weights.mlpIn().getFirst());
        this.mlpOut = new LinearLayer(weights.mlpOut());
    }

    double[] forward(double[] stream) {
        double[] attended = attentionOut.forward(attention.forward(qkv.forward(norm1.forward(stream))));
        double[] middle = Doubles.sum(stream, attended);
        hidden = mlpIn.forward(norm2.forward(middle));
        double[] activated = new double[hidden.length];
        for (int i = 0; i < hidden.length; i++) {
            activated[i] = Gelu.value(hidden[i]);
        }
        return Doubles.sum(middle, mlpOut.forward(activated));
    }

    /** The gradient by the stream before the block from that by the stream after it. */
    double[] backward(double[] gradient) {
        double[] gradHidden = mlpOut.backward(gradient);
        for (int i = 0; i < hidden.length; i++) {
            gradHidden[i] *= Gelu.derivative(hidden[i]);
        }
        double[] gradMiddle = Doubles.sum(gradient, norm2.backward(mlpIn.backward(gradHidden)));
        double[] gradAttention = qkv.backward(attention.backward(attentionOut.backward(gradMiddle)));
        return Doubles.sum(gradMiddle, norm1.backward(gradAttention));
    }

    Block gradient() {
        return new Block(norm1.gradient(), List.of(qkv.gradient()), attentionOut.gradient(),
                norm2.gradient(), List.of(mlpIn.gradient()), mlpOut.gradient());
    }
}
