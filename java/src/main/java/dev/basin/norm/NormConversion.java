package dev.basin.norm;

import dev.basin.Tensor;
import dev.basin.norm.PreNormModel.Linear;
import java.util.List;

/**
 * Turns a trained Pre-LN Transformer into a Pre-RMSNorm or a Pre-CRMSNorm one that computes the same function with less work
 * (Jiang, Gu, Zhu and Pan, arXiv 2305.14858).
 *
 * <p>Every reader of a Pre-LN network's residual stream subtracts the stream's mean first, so the mean never matters. The
 * conversion
 *
 * <ol>
 *   <li>folds the affine part of each norm into the linears that read it: {@code W diag(gamma)}, {@code b + W beta};
 *   <li>recentres what writes into the stream (embeddings, projections, the output linears of attention and MLP, their biases), so
 *       that the stream has zero mean, where LayerNorm is RMSNorm: that is {@link NormKind#RMS_NORM};
 *   <li>drops the stream's last entry, which is minus the sum of the others, and subtracts the last column of each reader from
 *       its other columns: that is {@link NormKind#CRMS_NORM}, of width {@code d - 1}. The epsilon stays.
 * </ol>
 *
 * The paper has norms without affine parts; how they are folded, and in which order, is derived here.
 *
 * <p><b>Precision.</b> Weights are f32 or f64. A weight is converted in double and rounded once, and tensors given are read,
 * never written; what comes back is new memory of the same type ({@link Tensor#copyFrom} brings it into a trainer's own). Outputs
 * agree as far as the arithmetic of the two networks does: to about 1e-15 in f64 and a few 1e-6 in f32.
 *
 * <p><b>Training.</b> Training on after the conversion is not training the Pre-LN network: gradients through RMSNorm are not of
 * zero mean, so the weights drift away from it. To train the same network, keep the original weights and convert inside the graph
 * ({@link ZeroMeanLinear}).
 *
 * <p><b>Not equal without more care.</b> Dropout on what is added to the stream breaks its zero mean: recentre after it. Post-LN
 * networks cannot be converted. A head tied to an embedding is refused where the two would have to differ.
 */
public final class NormConversion {
    private NormConversion() {}

    /** What was done to a tensor. */
    public enum Step {
        /** Each column was multiplied by the gamma of the norm before it. */
        GAMMA_FOLDED,
        /** What the beta of the norm before it adds was added. */
        BETA_FOLDED,
        /** Its mean over the stream was subtracted. */
        RECENTERED,
        /** The last entry along the stream was dropped, after the readers had it subtracted from the others. */
        COMPRESSED,
        /** It was not there before. */
        ADDED,
        /** It is not there any more. */
        REMOVED
    }

    /**
     * What became of one tensor.
     *
     * @param name its place, as in {@link PreNormModel#tensors()}
     * @param steps what was done, in order
     * @param largestChange the largest absolute change of an entry that is there before and after; of an added tensor the
     *     largest entry, of a removed one the largest distance from the ones or zeros that its absence stands for
     */
    public record Change(String name, List<Step> steps, double largestChange) {
        public Change {
            steps = List.copyOf(steps);
        }
    }

    /**
     * A converted network, and what was changed to make it; tensors that are not listed were only copied.
     */
    public record Result(PreNormModel model, List<Change> changes) {
        public Result {
            changes = List.copyOf(changes);
        }
    }

    /** To Pre-RMSNorm: all shapes stay. */
    public static Result toPreRmsNorm(PreNormModel model) {
        return convert(model, NormKind.RMS_NORM);
    }

    /** To Pre-CRMSNorm, from Pre-LN or from what {@link #toPreRmsNorm} made: the stream's width {@code d} becomes {@code d - 1}. */
    public static Result toPreCrmsNorm(PreNormModel model) {
        return convert(model, NormKind.CRMS_NORM);
    }

    /**
     * Converts a network.
     *
     * @throws IllegalArgumentException if the head is tied to an embedding and cannot stay so, if the norms of the model are not
     *     LayerNorm (or, for CRMSNorm, RMSNorm over a stream of zero mean), if a weight is not f32 or f64
     */
    public static Result convert(PreNormModel model, NormKind target) {
        return new ModelConversion(model, target).run();
    }

    /** A linear behind a norm with an affine part as one behind the norm without: {@code W diag(gamma)}, {@code b + W beta}. */
    public static Linear foldAffine(Linear reader, NormParameters norm) {
        return WeightConversion.reader(reader, norm, false);
    }

    /** The linear whose output is that of {@code writer} less its mean: each column of the weight, and the bias, less its mean. */
    public static Linear recenterOutput(Linear writer) {
        return WeightConversion.writer(writer, true, false);
    }

    /**
     * The linear that reads {@code [z]} as {@code reader} reads {@code [z, -sum z]}: each column less the last, which goes. The
     * weight has at least 2 columns.
     */
    public static Linear compressInput(Linear reader) {
        return WeightConversion.reader(reader, NormParameters.NONE, true);
    }

    /** The linear without its last output, which is minus the sum of the others; the weight has at least 2 rows. */
    public static Linear compressOutput(Linear writer) {
        return WeightConversion.writer(writer, false, true);
    }

    /** All that becomes of a linear that reads the stream through a norm, rounded once. */
    public static Linear convertReader(Linear reader, NormParameters norm, NormKind target) {
        return WeightConversion.reader(reader, norm, ModelConversion.compresses(target));
    }

    /** All that becomes of a linear that writes into the stream, rounded once. */
    public static Linear convertWriter(Linear writer, NormKind target) {
        return WeightConversion.writer(writer, true, ModelConversion.compresses(target));
    }

    /** All that becomes of rows that are added into the stream, {@code [entries, d]}, rounded once. */
    public static Tensor convertEmbedding(Tensor embedding, NormKind target) {
        return WeightConversion.embedding(embedding, true, ModelConversion.compresses(target));
    }
}
