package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.loss.Calibration;

/** Page 37-correctness-calibration: cross-entropy at temperatures of rows. */
final class TemperatureCeSpec {
    static final Spec SPEC = Spec.named("temperature_ce", "37-correctness-calibration", "Cross-entropy at temperatures of rows")
            .size("rows", 1, 24)
            .size("classes", 1, 300)
            .halfInput("logits", Sampler.normal(3), "rows", "classes")
            .integerInput("targets", Sampler.labels("classes"), "rows")
            .input("temperature", Sampler.uniform(0.05, 12), "rows")
            .output("loss")
            .output("grad_temperature", "rows")
            .without(HardCase.IN_PLACE, HardCase.EMPTY)
            .tolerance(1e-5, RowLosses.GRADIENT_FLOOR, "f32 exponentials of differences over a temperature, f64 sums")
            .computedBy(TemperatureCeSpec::evaluate);

    private TemperatureCeSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor logits = evaluation.tensor("logits");
        Tensor targets = evaluation.tensor("targets");
        Tensor temperatures = evaluation.tensor("temperature");
        Tensor gradTemperatures = evaluation.output("grad_temperature", logits.rows());
        evaluation.result("loss", evaluation.measured(() -> new Calibration().crossEntropy(
                evaluation.basin(), logits, targets, temperatures, gradTemperatures)));
    }
}
