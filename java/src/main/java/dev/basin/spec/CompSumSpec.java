package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.loss.CompSum;
import dev.basin.loss.Reduction;
import dev.basin.loss.RowBuffers;

/** Page 03-comp-sum: the plain losses. */
final class CompSumSpec {
    static final Spec SPEC = Spec.named("comp_sum", "03-comp-sum", "Comp-sum losses, from sum-exponential to mean absolute error")
            .size("rows", 1, 24)
            .size("classes", 1, 300)
            .halfInput("logits", Sampler.normal(3), "rows", "classes")
            .integerInput("targets", Sampler.labels("classes"), "rows")
            .parameter(Parameter.real("tau", 1, 0.0, 0.5, 1.0, 1.5, 2.0))
            .output("loss", "rows")
            .halfOutput("grad_logits", "rows", "classes")
            .tolerance(1e-5, RowLosses.GRADIENT_FLOOR, RowLosses.REASON)
            .computedBy(CompSumSpec::evaluate);

    private CompSumSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor logits = evaluation.tensor("logits");
        RowBuffers buffers = RowBuffers.NONE.losses(evaluation.output("loss", logits.rows()));
        CompSum loss = new CompSum(evaluation.real("tau")).reduction(Reduction.SUM);
        Tensor targets = evaluation.tensor("targets");
        Tensor gradient = evaluation.outputOver(logits, "grad_logits");
        evaluation.measure(() -> loss.forwardBackward(evaluation.basin(), logits, targets, gradient, buffers));
    }
}
