package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.loss.MarginLoss;
import java.util.Locale;

/** Page 05-ensloss: losses of a margin. */
final class FixedMarginLossSpec {
    static final Spec SPEC = Spec.named("fixed_margin_loss", "05-ensloss", "Losses of a margin")
            .size("batch", 1, 300)
            .input("scores", Sampler.normal(2), "batch")
            .integerInput("labels", Sampler.coin(), "batch")
            .parameter(Parameter.word("loss", "logistic", "hinge", "exponential", "log_hinge"))
            .output("loss")
            .output("grad_scores", "batch")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.EMPTY)
            .tolerance(1e-6, 1e-12, "f64 on every backend, rounded once to f32")
            .computedBy(FixedMarginLossSpec::evaluate);

    private FixedMarginLossSpec() {}

    private static void evaluate(Evaluation evaluation) {
        MarginLoss loss = new MarginLoss(MarginLoss.Kind.valueOf(evaluation.word("loss").toUpperCase(Locale.ROOT)));
        Tensor scores = evaluation.tensor("scores");
        Tensor labels = evaluation.tensor("labels");
        Tensor gradient = evaluation.output("grad_scores", scores.size());
        evaluation.result("loss", evaluation.measured(() -> loss.forwardBackward(evaluation.basin(), scores, labels, gradient)));
    }
}
