package dev.basin.norm;

import dev.basin.Tensor;
import dev.basin.matrix.Rows;
import dev.basin.norm.NormConversion.Change;
import dev.basin.norm.NormConversion.Result;
import dev.basin.norm.NormConversion.Step;
import dev.basin.norm.PreNormModel.Block;
import dev.basin.norm.PreNormModel.Linear;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One conversion of a whole network: walks its weights, and notes what it changes. */
final class ModelConversion {
    private final PreNormModel source;
    private final boolean compress;
    private final NormKind target;
    private final int tied;
    private final List<Change> changes = new ArrayList<>();

    ModelConversion(PreNormModel source, NormKind target) {
        this.source = source;
        this.target = target;
        this.compress = compresses(target);
        this.tied = source.tiedEmbedding();
    }

    static boolean compresses(NormKind target) {
        return switch (target) {
            case RMS_NORM -> false;
            case CRMS_NORM -> true;
            case LAYER_NORM -> throw new IllegalArgumentException("target must be RMS_NORM or CRMS_NORM, got LAYER_NORM");
        };
    }

    Result run() {
        ConvertibleModel.require(source, target);
        List<Tensor> embeddings = new ArrayList<>();
        for (int i = 0; i < source.embeddings().size(); i++) {
            embeddings.add(embedding(PreNormModel.name("embeddings", i), source.embeddings().get(i)));
        }
        List<Linear> projections = new ArrayList<>();
        for (int i = 0; i < source.projections().size(); i++) {
            projections.add(writer(PreNormModel.name("projections", i), source.projections().get(i)));
        }
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < source.blocks().size(); i++) {
            blocks.add(block(PreNormModel.name("blocks", i), source.blocks().get(i)));
        }
        if (tied >= 0) {
            return tiedResult(embeddings, projections, blocks);
        }
        NormParameters norm = removed("finalNorm", source.finalNorm());
        Linear head = reader("head", source.head(), source.finalNorm());
        return new Result(new PreNormModel(target, embeddings, projections, blocks, norm, head), changes);
    }

    /**
     * A tied head stays the embedding, since what the embedding's recentring takes from it is nothing on a stream of zero mean. A
     * constant gamma stays in the norm, and beta becomes a bias of the head.
     */
    private Result tiedResult(List<Tensor> embeddings, List<Linear> projections, List<Block> blocks) {
        NormParameters affine = source.finalNorm();
        Tensor bias = NormConversion.foldAffine(source.head(), new NormParameters(null, affine.beta())).bias();
        noteBias("head.bias", source.head().bias(), bias, affine);
        noteRemovedBeta("finalNorm", affine);
        NormParameters norm = new NormParameters(affine.gamma() == null ? null : Rows.copyOf(affine.gamma()), null);
        Linear head = new Linear(embeddings.get(tied), bias);
        return new Result(new PreNormModel(target, embeddings, projections, blocks, norm, head), changes);
    }

    private Block block(String name, Block block) {
        return new Block(
                removed(name + ".norm1", block.norm1()),
                readers(name + ".attentionIn", block.attentionIn(), block.norm1()),
                writer(name + ".attentionOut", block.attentionOut()),
                removed(name + ".norm2", block.norm2()),
                readers(name + ".mlpIn", block.mlpIn(), block.norm2()),
                writer(name + ".mlpOut", block.mlpOut()));
    }

    private List<Linear> readers(String name, List<Linear> linears, NormParameters norm) {
        List<Linear> converted = new ArrayList<>();
        for (int i = 0; i < linears.size(); i++) {
            converted.add(reader(PreNormModel.name(name, i), linears.get(i), norm));
        }
        return converted;
    }

    private Linear reader(String name, Linear linear, NormParameters norm) {
        Linear converted = NormConversion.convertReader(linear, norm, target);
        List<Step> weightSteps = new ArrayList<>();
        if (norm.gamma() != null) {
            weightSteps.add(Step.GAMMA_FOLDED);
        }
        if (compress) {
            weightSteps.add(Step.COMPRESSED);
        }
        note(name + ".weight", linear.weight(), converted.weight(), weightSteps);
        noteBias(name + ".bias", linear.bias(), converted.bias(), norm);
        return converted;
    }

    private Linear writer(String name, Linear linear) {
        Linear converted = NormConversion.convertWriter(linear, target);
        note(name + ".weight", linear.weight(), converted.weight(), writerSteps());
        if (linear.bias() != null && converted.bias() != null) {
            note(name + ".bias", linear.bias(), converted.bias(), writerSteps());
        }
        return converted;
    }

    private Tensor embedding(String name, Tensor embedding) {
        Tensor converted = NormConversion.convertEmbedding(embedding, target);
        note(name, embedding, converted, writerSteps());
        return converted;
    }

    private NormParameters removed(String name, NormParameters norm) {
        if (norm.gamma() != null) {
            changes.add(new Change(name + ".gamma", List.of(Step.REMOVED), WeightConversion.largestDistance(norm.gamma(), 1)));
        }
        noteRemovedBeta(name, norm);
        return NormParameters.NONE;
    }

    private void noteRemovedBeta(String name, NormParameters norm) {
        if (norm.beta() != null) {
            changes.add(new Change(name + ".beta", List.of(Step.REMOVED), WeightConversion.largestDistance(norm.beta(), 0)));
        }
    }

    private void noteBias(String name, @Nullable Tensor before, @Nullable Tensor after, NormParameters norm) {
        if (norm.beta() == null || after == null) {
            return;
        }
        if (before == null) {
            double largest = WeightConversion.largestDistance(after, 0);
            changes.add(new Change(name, List.of(Step.ADDED, Step.BETA_FOLDED), largest));
        } else {
            note(name, before, after, List.of(Step.BETA_FOLDED));
        }
    }

    private void note(String name, Tensor before, Tensor after, List<Step> steps) {
        if (!steps.isEmpty()) {
            changes.add(new Change(name, steps, WeightConversion.largestChange(before, after)));
        }
    }

    private List<Step> writerSteps() {
        return compress ? List.of(Step.RECENTERED, Step.COMPRESSED) : List.of(Step.RECENTERED);
    }
}
