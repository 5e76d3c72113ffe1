package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.loss.CrossEntropy;
import dev.basin.loss.Reduction;
import dev.basin.loss.RowBuffers;

/** Page 01-z-loss: the baseline that its paper compares with, cross-entropy without options. */
final class LogSoftmaxCrossEntropySpec {
    static final Spec SPEC = Spec.named("log_softmax_xent", "01-z-loss", "Cross-entropy of a log-softmax, a row at a time")
            .size("rows", 1, 24)
            .size("classes", 1, 300)
            .halfInput("logits", Sampler.normal(3), "rows", "classes")
            .integerInput("targets", Sampler.labels("classes"), "rows")
            .output("loss", "rows")
            .halfOutput("grad_logits", "rows", "classes")
            .tolerance(1e-5, RowLosses.GRADIENT_FLOOR, RowLosses.REASON)
            .computedBy(LogSoftmaxCrossEntropySpec::evaluate);

    private LogSoftmaxCrossEntropySpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor logits = evaluation.tensor("logits");
        RowBuffers buffers = RowBuffers.NONE.losses(evaluation.output("loss", logits.rows()));
        CrossEntropy loss = new CrossEntropy().reduction(Reduction.SUM);
        Tensor targets = evaluation.tensor("targets");
        Tensor gradient = evaluation.outputOver(logits, "grad_logits");
        evaluation.measure(() -> loss.forwardBackward(evaluation.basin(), logits, targets, gradient, buffers));
    }
}
