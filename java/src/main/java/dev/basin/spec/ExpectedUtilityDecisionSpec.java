package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.loss.ChoiceModel;

/** Page 59-utility-probability: the option of the largest expected gain. */
final class ExpectedUtilityDecisionSpec {
    static final Spec SPEC = Spec.named("expected_utility_decision", "59-utility-probability", "The option of the largest expected gain")
            .size("rows", 1, 24)
            .size("options", 1, 40)
            .input("prob", Sampler.uniform(0, 1), "rows", "options")
            .input("gain", Sampler.uniform(0, 1), "rows", "options", "options")
            .output("value", "rows", "options")
            .integerOutput("choice", "rows")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.PARALLEL, HardCase.CONFINED, HardCase.LONG_ROW,
                    HardCase.TIES, HardCase.SATURATED, HardCase.NEGATIVE_INFINITY, HardCase.POSITIVE_INFINITY, HardCase.NAN_ROW,
                    HardCase.NEGATIVE_INFINITY_ROW) // a long row's gains are its square
            .tolerance(1e-6, 1e-12, "f64 on every backend, rounded once to f32")
            .computedBy(ExpectedUtilityDecisionSpec::evaluate);

    private ExpectedUtilityDecisionSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor probabilities = evaluation.tensor("prob");
        Tensor gains = evaluation.tensor("gain");
        Tensor values = evaluation.output("value", probabilities.shape());
        Tensor choices = evaluation.output("choice", probabilities.rows());
        evaluation.measure(() -> ChoiceModel.decide(evaluation.basin(), probabilities, gains, values, choices));
    }
}
