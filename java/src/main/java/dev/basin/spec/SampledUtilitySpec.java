package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.loss.ChoiceModel;

/** Page 59-utility-probability: the sampled step of utility learning. */
final class SampledUtilitySpec {
    static final Spec SPEC = Spec.named("utility_learning_sampled", "59-utility-probability", "The sampled step of utility learning")
            .size("rows", 1, 24)
            .size("classes", 1, 50)
            .input("utility", Sampler.normal(1), "rows", "classes")
            .integerInput("targets", Sampler.labels("classes"), "rows")
            .integerInput("sampled", Sampler.labels("classes"), "rows")
            .output("grad_utility", "rows", "classes")
            .without(HardCase.IN_PLACE)
            .exact("differences of ones")
            .computedBy(SampledUtilitySpec::evaluate);

    private SampledUtilitySpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor targets = evaluation.tensor("targets");
        Tensor sampled = evaluation.tensor("sampled");
        Tensor gradient = evaluation.output("grad_utility", evaluation.shape("utility"));
        evaluation.measure(() -> ChoiceModel.sampledGradient(targets, sampled, gradient));
    }
}
