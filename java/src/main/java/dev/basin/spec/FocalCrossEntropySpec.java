package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.loss.FocalCrossEntropy;
import dev.basin.loss.RowBuffers;

/** Page 00-cross-entropy: the focal loss. */
final class FocalCrossEntropySpec {
    static final Spec SPEC = Spec.named("focal_cross_entropy", "00-cross-entropy", "Focal loss in its softmax form")
            .size("rows", 1, 24)
            .size("classes", 1, 300)
            .halfInput("logits", Sampler.normal(3), "rows", "classes")
            .integerInput("targets", Sampler.labels("classes", -100), "rows")
            .optionalInput("alpha", Sampler.uniform(0, 2), "classes")
            .parameter(Parameter.real("gamma", 2, 0.0, 0.5, 1.0, 2.0, 5.0))
            .parameter(Parameter.integer("ignore_index", -100, -100L))
            .parameter(Parameter.word("reduction", "none", "sum", "mean"))
            .output("loss", "rows")
            .halfOutput("grad_logits", "rows", "classes")
            .tolerance(1e-5, RowLosses.GRADIENT_FLOOR, RowLosses.REASON)
            .computedBy(FocalCrossEntropySpec::evaluate);

    private FocalCrossEntropySpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor logits = evaluation.tensor("logits");
        FocalCrossEntropy loss = new FocalCrossEntropy()
                .gamma(evaluation.real("gamma"))
                .ignoreIndex(evaluation.integer("ignore_index"))
                .classWeights(evaluation.optional("alpha"))
                .reduction(RowLosses.reduction(evaluation));
        boolean byRow = evaluation.word("reduction").equals("none");
        RowBuffers buffers = RowBuffers.NONE.losses(byRow ? evaluation.output("loss", logits.rows()) : null);
        Tensor targets = evaluation.tensor("targets");
        Tensor gradient = evaluation.outputOver(logits, "grad_logits");
        double total = evaluation.measured(
                () -> loss.forwardBackward(evaluation.basin(), logits, targets, gradient, buffers));
        RowLosses.report(evaluation, total);
    }
}
