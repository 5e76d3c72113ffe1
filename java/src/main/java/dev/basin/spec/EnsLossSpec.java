package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.loss.MarginLoss;

/** Page 05-ensloss: a loss drawn anew for every batch. */
final class EnsLossSpec {
    static final Spec SPEC = Spec.named("ensloss", "05-ensloss", "A loss drawn anew for every batch")
            .size("batch", 1, 300)
            .input("scores", Sampler.normal(2), "batch")
            .integerInput("labels", Sampler.coin(), "batch")
            .input("noise", Sampler.normal(1), "batch")
            .parameter(Parameter.real("lambda", 0, 0.0, 0.5, -0.5, 1.0, -1.0))
            .output("loss")
            .output("grad_scores", "batch")
            .output("derivatives", "batch")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.POSITIVE_INFINITY, HardCase.NEGATIVE_INFINITY,
                    HardCase.NEGATIVE_INFINITY_ROW, HardCase.NAN_ROW, HardCase.EMPTY)
            .tolerance(1e-6, 1e-12, "f64 on every backend, rounded to f32 where derivatives are drawn and at the end")
            .computedBy(EnsLossSpec::evaluate);

    private EnsLossSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor scores = evaluation.tensor("scores");
        Tensor labels = evaluation.tensor("labels");
        Tensor noise = evaluation.tensor("noise");
        Tensor gradient = evaluation.output("grad_scores", scores.size());
        Tensor derivatives = evaluation.output("derivatives", scores.size());
        evaluation.result("loss", evaluation.measured(() -> MarginLoss.ensemble(
                evaluation.basin(), scores, labels, noise, gradient, derivatives, evaluation.real("lambda"), 1e-6)));
    }
}
