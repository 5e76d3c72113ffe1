package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.optim.Sgd;
import dev.basin.sharpness.SharpnessAware;
import dev.basin.sharpness.SharpnessOptions;
import java.util.List;
import java.util.Locale;

/** Page 19-useful-sam: the climb of SAM and ASAM over many tensors. Without masks every tensor is scaled. */
final class SamPerturbSpec {
    static final Spec SPEC = Spec.named("sam_perturb", "19-useful-sam", "SAM and ASAM: the worst weights nearby")
            .size("size", 1, 3000)
            .halfListInput("w", Sampler.normal(1), "size")
            .halfListInput("g", Sampler.normal(1), "size")
            .optionalFlagsInput("masks")
            .parameter(Parameter.word("mode", "sam", "abs", "asam"))
            .parameter(Parameter.real("rho", 0.05, 0.0, 0.05, 0.5, 2.0))
            .parameter(Parameter.real("eta", 0.01, 0.0, 0.01, 0.3))
            .halfListOutput("w_adv")
            .output("norm")
            .stressing("g")
            .without(HardCase.STRIDED, HardCase.IN_PLACE)
            .computedBy(SamPerturbSpec::evaluate);

    private SamPerturbSpec() {}

    static SharpnessOptions options(Evaluation evaluation) {
        SharpnessOptions.Mode mode = SharpnessOptions.Mode.valueOf(evaluation.word("mode").toUpperCase(Locale.ROOT));
        return new SharpnessOptions(mode, evaluation.real("rho"), evaluation.real("eta"), false);
    }

    private static void evaluate(Evaluation evaluation) {
        List<Tensor> weights = evaluation.tensors("w");
        List<Boolean> masks = masks(evaluation, weights.size());
        Sgd optimizer = Sgd.over(evaluation.basin(), weights, Sgd.Options.defaults());
        SharpnessAware sam = SharpnessAware.over(evaluation.basin(), optimizer, options(evaluation),
                parameter -> masks.get(Integer.parseInt(parameter.name())));
        List<Tensor> gradients = evaluation.tensors("g");
        SharpnessAware.Result result = sam.perturb(gradients);
        evaluation.measureBeside("restore, perturb", () -> {
            sam.restore();
            sam.perturb(gradients);
        });
        for (int i = 0; i < weights.size(); i++) {
            evaluation.result("w_adv" + i, weights.get(i));
        }
        evaluation.result("norm", result.norm());
    }

    private static List<Boolean> masks(Evaluation evaluation, int count) {
        List<Boolean> masks = evaluation.has("masks")
                ? evaluation.tensors("masks").stream().map(mask -> mask.get(0) != 0).toList()
                : java.util.Collections.nCopies(count, true);
        if (masks.size() != count) {
            throw new IllegalArgumentException("masks must be one for each of the " + count + " tensors of w, got " + masks.size());
        }
        return masks;
    }
}
