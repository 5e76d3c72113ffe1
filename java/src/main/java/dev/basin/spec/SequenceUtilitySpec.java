package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.loss.ChoiceModel;

/** Page 59-utility-probability: utilities of sequences. */
final class SequenceUtilitySpec {
    static final Spec SPEC = Spec.named("sequence_utility", "59-utility-probability", "Utilities of sequences")
            .size("rows", 1, 12)
            .size("candidates", 1, 6)
            .size("tokens", 7, 40)
            .input("token_logp", Sampler.uniform(-9, 0), "rows", "candidates", "tokens")
            .integerInput("lengths", (random, _) -> 1 + random.nextInt(7), "rows", "candidates")
            .input("grad_utility", Sampler.normal(1), "rows", "candidates")
            .parameter(Parameter.real("length_power", 1, 0.0, 0.5, 1.0))
            .output("utility", "rows", "candidates")
            .output("grad_token_logp", "rows", "candidates", "tokens")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.ONE_COLUMN)
            .tolerance(1e-6, 1e-12, "f64 on every backend, rounded once to f32")
            .computedBy(SequenceUtilitySpec::evaluate);

    private SequenceUtilitySpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor tokens = evaluation.tensor("token_logp");
        Tensor lengths = evaluation.tensor("lengths");
        Tensor utility = evaluation.output("utility", lengths.shape());
        Tensor upstream = evaluation.tensor("grad_utility");
        Tensor gradient = evaluation.output("grad_token_logp", tokens.shape());
        double power = evaluation.real("length_power");
        evaluation.measure("forward", () -> ChoiceModel.sequenceUtility(evaluation.basin(), tokens, lengths, utility, power));
        evaluation.measure("backward", () -> ChoiceModel.sequenceUtilityBackward(
                evaluation.basin(), upstream, lengths, gradient, power));
    }
}
