package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.loss.TopFeatures;

/** Page 37-correctness-calibration: what a calibrator looks at. */
final class TopFeaturesSpec {
    static final Spec SPEC = Spec.named("topk_transform_features", "37-correctness-calibration", "Probabilities of the first classes in views")
            .size("rows", 1, 24)
            .size("classes", 4, 300)
            .size("views", 1, 3)
            .halfInput("logits", Sampler.normal(3), "rows", "classes")
            .halfInput("views", Sampler.normal(3), "views", "rows", "classes")
            .parameter(Parameter.integer("k", 4, 1L, 4L))
            .output("features", "rows", "...")
            .integerOutput("indices", "rows", "...")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.ONE_COLUMN)
            .stressing("views")
            .tolerance(1e-5, 1e-10, "a largest probability of f32 exponentials, times the exponential of a difference")
            .computedBy(TopFeaturesSpec::evaluate);

    private TopFeaturesSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor logits = evaluation.tensor("logits");
        Tensor views = evaluation.tensor("views");
        int count = evaluation.integer("k");
        Tensor features = evaluation.output("features", logits.rows(), views.shape()[0] * count);
        Tensor indices = evaluation.output("indices", logits.rows(), count);
        TopFeatures top = new TopFeatures(count);
        evaluation.measure(() -> top.of(evaluation.basin(), logits, views, features, indices));
    }
}
