package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.loss.AldrKl;
import dev.basin.loss.Reduction;
import dev.basin.loss.RowBuffers;
import dev.basin.loss.ScoreNormalization;
import java.util.Locale;

/** Page 02-ldr: label-distributionally robust loss with learnt temperatures. */
final class AldrKlSpec {
    static final Spec SPEC = Spec.named("aldr_kl", "02-ldr", "Label-distributionally robust loss with learnt temperatures")
            .size("rows", 1, 24)
            .size("classes", 1, 300)
            .halfInput("logits", Sampler.normal(3), "rows", "classes")
            .integerInput("targets", Sampler.labels("classes"), "rows")
            .input("lambda_old", Sampler.uniform(0.5, 1), "rows")
            .parameter(Parameter.real("lambda0", 1, 0.5, 1.0, 10.0))
            .parameter(Parameter.real("alpha", 2, 1.5, 2.0, 4.0))
            .parameter(Parameter.real("margin", 0.1, 0.0, 0.1, 1.0))
            .parameter(Parameter.word("norm", "l1", "softplus_l1", "none"))
            .parameter(Parameter.real("floor", 1e-5, 0.0, 1e-5, 1e-2))
            .output("loss", "rows")
            .halfOutput("grad_logits", "rows", "classes")
            .output("lambda_new", "rows")
            .tolerance(2e-5, RowLosses.GRADIENT_FLOOR, "that of the loss, and of a temperature kept in f32, which divides every difference")
            .computedBy(AldrKlSpec::evaluate);

    private AldrKlSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor logits = evaluation.tensor("logits");
        AldrKl loss = new AldrKl()
                .lambda0(evaluation.real("lambda0"))
                .alpha(evaluation.real("alpha"))
                .margin(evaluation.real("margin"))
                .floor(evaluation.real("floor"))
                .normalization(ScoreNormalization.valueOf(evaluation.word("norm").toUpperCase(Locale.ROOT)))
                .temperatures(evaluation.tensor("lambda_old"), evaluation.output("lambda_new", logits.rows()))
                .reduction(Reduction.SUM);
        RowBuffers buffers = RowBuffers.NONE.losses(evaluation.output("loss", logits.rows()));
        Tensor targets = evaluation.tensor("targets");
        Tensor gradient = evaluation.outputOver(logits, "grad_logits");
        evaluation.measure(() -> loss.forwardBackward(evaluation.basin(), logits, targets, gradient, buffers));
    }
}
