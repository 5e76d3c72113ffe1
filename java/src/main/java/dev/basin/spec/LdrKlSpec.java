package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.loss.LdrKl;
import dev.basin.loss.Reduction;
import dev.basin.loss.RowBuffers;
import dev.basin.loss.ScoreNormalization;
import java.util.Locale;

/** Page 02-ldr: label-distributionally robust loss. */
final class LdrKlSpec {
    static final Spec SPEC = Spec.named("ldr_kl", "02-ldr", "Label-distributionally robust loss")
            .size("rows", 1, 24)
            .size("classes", 1, 300)
            .halfInput("logits", Sampler.normal(3), "rows", "classes")
            .integerInput("targets", Sampler.labels("classes"), "rows")
            .parameter(Parameter.real("lambda", 1, 0.0, 0.5, 1.0, 10.0, Double.POSITIVE_INFINITY))
            .parameter(Parameter.real("margin", 0.1, 0.0, 0.1, 1.0))
            .parameter(Parameter.word("norm", "softplus_l1", "l1", "none"))
            .output("loss", "rows")
            .halfOutput("grad_logits", "rows", "classes")
            .discontinuous()
            .tolerance(1e-5, RowLosses.GRADIENT_FLOOR, RowLosses.REASON)
            .computedBy(LdrKlSpec::evaluate);

    private LdrKlSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor logits = evaluation.tensor("logits");
        LdrKl loss = new LdrKl()
                .lambda(evaluation.real("lambda"))
                .margin(evaluation.real("margin"))
                .normalization(ScoreNormalization.valueOf(evaluation.word("norm").toUpperCase(Locale.ROOT)))
                .reduction(Reduction.SUM);
        RowBuffers buffers = RowBuffers.NONE.losses(evaluation.output("loss", logits.rows()));
        Tensor targets = evaluation.tensor("targets");
        Tensor gradient = evaluation.outputOver(logits, "grad_logits");
        evaluation.measure(() -> loss.forwardBackward(evaluation.basin(), logits, targets, gradient, buffers));
    }
}
