package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.loss.CrossEntropy;
import dev.basin.loss.RowBuffers;

/** Page 00-cross-entropy: hard targets. */
final class CrossEntropySpec {
    static final Spec SPEC = Spec.named("cross_entropy", "00-cross-entropy", "Softmax cross-entropy with all its options")
            .size("rows", 1, 24)
            .size("classes", 1, 300)
            .halfInput("logits", Sampler.normal(3), "rows", "classes")
            .integerInput("targets", Sampler.labels("classes", -100), "rows")
            .optionalInput("row_weights", Sampler.uniform(0, 2), "rows")
            .optionalInput("class_weights", Sampler.uniform(0, 2), "classes")
            .parameter(Parameter.real("logit_scale", 1, 1.0, 0.5, 2.0))
            .parameter(Parameter.real("label_smoothing", 0, 0.0, 0.1, 1.0))
            .parameter(Parameter.real("log_z_penalty", 0, 0.0, 1e-4, 0.01))
            .parameter(Parameter.integer("ignore_index", -100, -100L))
            .parameter(Parameter.word("reduction", "none", "sum", "mean"))
            .output("loss", "rows")
            .output("lse", "rows")
            .halfOutput("grad_logits", "rows", "classes")
            .tolerance(1e-5, RowLosses.GRADIENT_FLOOR, RowLosses.REASON)
            .computedBy(CrossEntropySpec::evaluate);

    private CrossEntropySpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor logits = evaluation.tensor("logits");
        CrossEntropy loss = new CrossEntropy()
                .logitScale(evaluation.real("logit_scale"))
                .labelSmoothing(evaluation.real("label_smoothing"))
                .logZPenalty(evaluation.real("log_z_penalty"))
                .ignoreIndex(evaluation.integer("ignore_index"))
                .classWeights(evaluation.optional("class_weights"))
                .reduction(RowLosses.reduction(evaluation));
        RowBuffers buffers = RowLosses.buffers(evaluation, logits.rows());
        Tensor targets = evaluation.tensor("targets");
        Tensor gradient = evaluation.outputOver(logits, "grad_logits");
        double total = evaluation.measured(
                () -> loss.forwardBackward(evaluation.basin(), logits, targets, gradient, buffers));
        RowLosses.report(evaluation, total);
    }
}
