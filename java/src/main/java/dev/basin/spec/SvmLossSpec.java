package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.loss.Reduction;
import dev.basin.loss.RowBuffers;
import dev.basin.loss.SvmLoss;

/** Page 13-gru-svm: one class against the rest, by margins. */
final class SvmLossSpec {
    static final Spec SPEC = Spec.named("svm_loss", "13-gru-svm", "One class against the rest, by margins")
            .size("rows", 1, 24)
            .size("classes", 2, 300)
            .halfInput("scores", Sampler.normal(3), "rows", "classes")
            .integerInput("targets", Sampler.labels("classes"), "rows")
            .parameter(Parameter.real("C", 0.5, 0.5, 1.0, 10.0))
            .parameter(Parameter.integer("power", 2, 1L, 2L))
            .output("loss")
            .halfOutput("grad_scores", "rows", "classes")
            .integerOutput("prediction", "rows")
            .without(HardCase.ONE_COLUMN)
            .discontinuous()
            .tolerance(1e-5, RowLosses.GRADIENT_FLOOR, "f32 margins and squares, f64 sums; at the hinge a margin may fall on either side")
            .computedBy(SvmLossSpec::evaluate);

    private SvmLossSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor scores = evaluation.tensor("scores");
        SvmLoss loss = new SvmLoss().cost(evaluation.real("C")).power(evaluation.integer("power")).reduction(Reduction.SUM);
        RowBuffers buffers = RowBuffers.NONE.argmax(evaluation.output("prediction", scores.rows()));
        Tensor targets = evaluation.tensor("targets");
        Tensor gradient = evaluation.outputOver(scores, "grad_scores");
        evaluation.result("loss", evaluation.measured(
                () -> loss.forwardBackward(evaluation.basin(), scores, targets, gradient, buffers)));
    }
}
