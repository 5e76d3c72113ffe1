package dev.basin.norm;

import dev.basin.Tensor;
import dev.basin.matrix.Rows;
import dev.basin.norm.PreNormModel.Linear;
import java.util.Arrays;

/** Refuses the networks whose conversion would not be the same function. */
final class ConvertibleModel {
    /** How far from zero, as a share of the largest weight, the means of recentred weights are once they are rounded to f32. */
    private static final double ROUNDED_MEAN = 1e-6;

    private ConvertibleModel() {}

    static void require(PreNormModel source, NormKind target) {
        requireStreamOfZeroMean(source, target);
        requireTieCanStay(source, target);
    }

    private static void requireStreamOfZeroMean(PreNormModel source, NormKind target) {
        if (source.kind() == NormKind.LAYER_NORM) {
            return;
        }
        if (source.kind() != NormKind.RMS_NORM || target != NormKind.CRMS_NORM) {
            throw new IllegalArgumentException("a model with " + source.kind() + " cannot be converted to " + target);
        }
        for (int i = 0; i < source.embeddings().size(); i++) {
            Tensor embedding = source.embeddings().get(i);
            requireZeroMean(PreNormModel.name("embeddings", i), embedding, Rows.rowMeans(embedding));
        }
        for (int i = 0; i < source.projections().size(); i++) {
            requireZeroMean(PreNormModel.name("projections", i), source.projections().get(i));
        }
        for (int i = 0; i < source.blocks().size(); i++) {
            requireZeroMean(PreNormModel.name("blocks", i) + ".attentionOut", source.blocks().get(i).attentionOut());
            requireZeroMean(PreNormModel.name("blocks", i) + ".mlpOut", source.blocks().get(i).mlpOut());
        }
    }

    private static void requireZeroMean(String name, Linear writer) {
        requireZeroMean(name + ".weight", writer.weight(), Rows.columnMeans(writer.weight()));
        if (writer.bias() != null) {
            requireZeroMean(name + ".bias", writer.bias(), Rows.rowMeans(writer.bias()));
        }
    }

    private static void requireZeroMean(String name, Tensor writer, double[] means) {
        double allowed = ROUNDED_MEAN * WeightConversion.largestDistance(writer, 0);
        for (double mean : means) {
            if (Math.abs(mean) > allowed) {
                throw new IllegalArgumentException(name + " must have zero mean over the stream's width, as after toPreRmsNorm, got "
                        + mean + ": the stream of another Pre-RMSNorm network has a mean that its norms do not subtract");
            }
        }
    }

    private static void requireTieCanStay(PreNormModel source, NormKind target) {
        int tied = source.tiedEmbedding();
        if (tied < 0) {
            return;
        }
        String tie = "head.weight is tied to " + PreNormModel.name("embeddings", tied);
        String remedy = "; untie them first: give the head a copy of its own";
        if (!source.embeddings().get(tied).hasShapeOf(source.head().weight())) {
            throw new IllegalArgumentException(tie + " but has another shape" + remedy);
        }
        if (source.finalNorm().gamma() != null && !isConstant(source.finalNorm().gamma())) {
            throw new IllegalArgumentException(tie + ", and finalNorm.gamma is not constant: the converted head would be the "
                    + "embedding times diag(gamma), so the two cannot be one tensor any more" + remedy);
        }
        if (ModelConversion.compresses(target)) {
            throw new IllegalArgumentException(tie + ", and a compressed head is the embedding's first columns less its last one "
                    + "where the compressed embedding is the first columns alone, so the two cannot be one tensor any more; "
                    + "convert to RMS_NORM, which keeps the tie, or untie them first: give the head a copy of its own");
        }
    }

    private static boolean isConstant(Tensor vector) {
        double[] values = Rows.load(vector, 0);
        return Arrays.stream(values).allMatch(value -> value == values[0]);
    }
}
