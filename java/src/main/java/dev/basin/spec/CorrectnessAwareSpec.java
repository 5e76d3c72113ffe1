package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.loss.Calibration;

/** Page 37-correctness-calibration: calibration that knows right from wrong. */
final class CorrectnessAwareSpec {
    static final Spec SPEC = Spec.named("correctness_aware_loss", "37-correctness-calibration", "Calibration that knows right from wrong")
            .size("rows", 1, 24)
            .size("classes", 1, 300)
            .halfInput("logits", Sampler.normal(3), "rows", "classes")
            .integerInput("targets", Sampler.labels("classes"), "rows")
            .input("temperature", Sampler.uniform(0.05, 12), "rows")
            .parameter(Parameter.flag("balanced", false))
            .parameter(Parameter.real("t_min", 0.1, 0.1))
            .parameter(Parameter.real("t_max", 10, 10.0))
            .output("loss")
            .halfOutput("grad_logits", "rows", "classes")
            .output("grad_temperature", "rows")
            .output("confidence", "rows")
            .output("correct", "rows")
            .tolerance(1e-5, RowLosses.GRADIENT_FLOOR, "f32 exponentials of differences over a temperature, f64 sums")
            .computedBy(CorrectnessAwareSpec::evaluate);

    private CorrectnessAwareSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor logits = evaluation.tensor("logits");
        Tensor targets = evaluation.tensor("targets");
        Tensor temperatures = evaluation.tensor("temperature");
        long rows = logits.rows();
        Tensor gradTemperatures = evaluation.output("grad_temperature", rows);
        Tensor confidences = evaluation.output("confidence", rows);
        Tensor corrects = evaluation.output("correct", rows);
        Tensor gradient = evaluation.outputOver(logits, "grad_logits");
        Calibration calibration = new Calibration()
                .balanced(evaluation.flag("balanced"))
                .bounds(evaluation.real("t_min"), evaluation.real("t_max"));
        evaluation.result("loss", evaluation.measured(() -> calibration.correctnessAware(
                evaluation.basin(), logits, targets, temperatures, gradTemperatures, gradient, confidences, corrects)));
    }
}
