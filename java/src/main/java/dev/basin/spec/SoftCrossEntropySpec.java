package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.loss.RowBuffers;
import dev.basin.loss.SoftCrossEntropy;

/** Page 00-cross-entropy: target probabilities. */
final class SoftCrossEntropySpec {
    static final Spec SPEC = Spec.named("soft_cross_entropy", "00-cross-entropy", "Softmax cross-entropy against probabilities")
            .size("rows", 1, 24)
            .size("classes", 1, 300)
            .halfInput("logits", Sampler.normal(3), "rows", "classes")
            .halfInput("target_probabilities", Sampler.uniform(0, 1), "rows", "classes")
            .optionalInput("row_weights", Sampler.uniform(0, 2), "rows")
            .parameter(Parameter.real("logit_scale", 1, 1.0, 0.5, 2.0))
            .parameter(Parameter.real("label_smoothing", 0, 0.0, 0.1, 1.0))
            .parameter(Parameter.real("log_z_penalty", 0, 0.0, 1e-4, 0.01))
            .parameter(Parameter.word("reduction", "none", "sum", "mean"))
            .output("loss", "rows")
            .output("lse", "rows")
            .halfOutput("grad_logits", "rows", "classes")
            .tolerance(1e-5, RowLosses.GRADIENT_FLOOR, RowLosses.REASON)
            .computedBy(SoftCrossEntropySpec::evaluate);

    private SoftCrossEntropySpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor logits = evaluation.tensor("logits");
        SoftCrossEntropy loss = new SoftCrossEntropy()
                .logitScale(evaluation.real("logit_scale"))
                .labelSmoothing(evaluation.real("label_smoothing"))
                .logZPenalty(evaluation.real("log_z_penalty"))
                .reduction(RowLosses.reduction(evaluation));
        RowBuffers buffers = RowLosses.buffers(evaluation, logits.rows());
        Tensor targets = evaluation.tensor("target_probabilities");
        Tensor gradient = evaluation.outputOver(logits, "grad_logits");
        double total = evaluation.measured(
                () -> loss.forwardBackward(evaluation.basin(), logits, targets, gradient, buffers));
        RowLosses.report(evaluation, total);
    }
}
