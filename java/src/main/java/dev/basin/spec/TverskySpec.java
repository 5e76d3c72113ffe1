package dev.basin.spec;

import dev.basin.loss.OverlapLoss;

/** Page 21-dice: tversky loss. */
final class TverskySpec {
    static final Spec SPEC = Spec.named("tversky", "21-dice", "Tversky loss")
            .size("batch", 1, 300)
            .input("logits", Sampler.normal(3), "batch")
            .input("targets", Sampler.uniform(0, 1), "batch")
            .optionalIntegerInput("mask", Sampler.coin(), "batch")
            .parameter(Parameter.word("activation", "sigmoid"))
            .parameter(Parameter.real("fp_weight", 0.3, 0.3, 0.5))
            .parameter(Parameter.real("fn_weight", 0.7, 0.7, 0.5))
            .parameter(Parameter.real("gamma", 1, 0.0, 1.0))
            .parameter(Parameter.word("reduce", "batch", "per_example"))
            .output("loss", "...")
            .output("grad_logits", "batch")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.NEGATIVE_INFINITY, HardCase.POSITIVE_INFINITY,
                    HardCase.NEGATIVE_INFINITY_ROW, HardCase.NAN_ROW, HardCase.EMPTY)
            .tolerance(1e-6, 1e-9, "f64 on every backend, rounded once to f32")
            .computedBy(TverskySpec::evaluate);

    private TverskySpec() {}

    private static void evaluate(Evaluation evaluation) {
        SelfAdjustingDiceSpec.run(evaluation, OverlapLoss.tversky(evaluation.real("fp_weight"), evaluation.real("fn_weight"))
                .gamma(evaluation.real("gamma")));
    }
}
