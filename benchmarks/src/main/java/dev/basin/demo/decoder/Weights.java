package dev.basin.demo.decoder;

import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.norm.NormConversion;
import dev.basin.norm.NormKind;
import dev.basin.norm.NormParameters;
import dev.basin.norm.PreNormModel;
import dev.basin.norm.PreNormModel.Block;
import dev.basin.norm.PreNormModel.Linear;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Copies of a decoder's weights. */
final class Weights {
    private Weights() {}

    static PreNormModel copy(PreNormModel model) {
        return mapped(model, tensor -> copy(tensor, tensor.type()));
    }

    /** Rounded to f32. */
    static PreNormModel rounded(PreNormModel model) {
        return mapped(model, tensor -> copy(tensor, DataType.F32));
    }

    /** With affine parts folded, but nothing recentred: what is not the same function behind RMSNorm. */
    static PreNormModel foldedButNotRecentred(PreNormModel model) {
        List<Block> blocks = model.blocks().stream().map(block -> new Block(
                NormParameters.NONE, folded(block.attentionIn(), block.norm1()), block.attentionOut(),
                NormParameters.NONE, folded(block.mlpIn(), block.norm2()), block.mlpOut())).toList();
        Linear head = NormConversion.foldAffine(model.head(), model.finalNorm());
        return new PreNormModel(NormKind.RMS_NORM, model.embeddings(), List.of(), blocks, NormParameters.NONE, head);
    }

    private static List<Linear> folded(List<Linear> readers, NormParameters norm) {
        return readers.stream().map(reader -> NormConversion.foldAffine(reader, norm)).toList();
    }

    private static PreNormModel mapped(PreNormModel model, UnaryOperator<Tensor> copy) {
        List<Block> blocks = model.blocks().stream().map(block -> new Block(
                mapped(block.norm1(), copy), mapped(block.attentionIn(), copy), mapped(block.attentionOut(), copy),
                mapped(block.norm2(), copy), mapped(block.mlpIn(), copy), mapped(block.mlpOut(), copy))).toList();
        return new PreNormModel(model.kind(), model.embeddings().stream().map(copy).toList(), List.of(), blocks,
                mapped(model.finalNorm(), copy), mapped(model.head(), copy));
    }

    private static List<Linear> mapped(List<Linear> linears, UnaryOperator<Tensor> copy) {
        return linears.stream().map(linear -> mapped(linear, copy)).toList();
    }

    private static Linear mapped(Linear linear, UnaryOperator<Tensor> copy) {
        return new Linear(copy.apply(linear.weight()), mapped(linear.bias(), copy));
    }

    private static NormParameters mapped(NormParameters norm, UnaryOperator<Tensor> copy) {
        return new NormParameters(mapped(norm.gamma(), copy), mapped(norm.beta(), copy));
    }

    private static @Nullable Tensor mapped(@Nullable Tensor tensor, UnaryOperator<Tensor> copy) {
        return tensor == null ? null : copy.apply(tensor);
    }

    private static Tensor copy(Tensor tensor, DataType type) {
        int size = (int) tensor.size();
        Tensor copy = type == DataType.F64 ? Tensor.of(new double[size], tensor.shape()) : Tensor.of(new float[size], tensor.shape());
        for (int i = 0; i < size; i++) {
            copy.set(i, tensor.get(i));
        }
        return copy;
    }
}
