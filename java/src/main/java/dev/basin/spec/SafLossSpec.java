package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.trajectory.Past;
import dev.basin.trajectory.TrajectoryBuffers;
import dev.basin.trajectory.TrajectoryLoss;

/** Page 41-saf: cross-entropy with the trajectory term. */
final class SafLossSpec {
    static final Spec SPEC = Spec.named("saf_loss", "41-saf", "Sharpness-aware training for free: cross-entropy and trajectory loss")
            .size("rows", 1, 24)
            .size("classes", 1, 300)
            .halfInput("logits", Sampler.normal(3), "rows", "classes")
            .keptInput("past", Sampler.normal(3), "rows", "classes")
            .integerInput("labels", Sampler.labels("classes"), "rows")
            .parameter(Parameter.integer("start", 5, 0L, 5L))
            .parameter(Parameter.integer("end", 300, 8L, 300L))
            .parameter(Parameter.real("lambda", 0.3, 0.0, 0.3, 0.8))
            .parameter(Parameter.real("tau", 5, 0.5, 1.0, 5.0, 1000.0))
            .parameter(Parameter.real("smoothing", 0, 0.0, 0.1))
            .parameter(Parameter.integer("epoch", 6, 5L, 6L, 7L))
            .output("loss")
            .output("ce")
            .output("kl")
            .halfOutput("grad", "rows", "classes")
            .tolerance(1e-5, RowLosses.GRADIENT_FLOOR, RowLosses.REASON)
            .computedBy(SafLossSpec::evaluate);

    private SafLossSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor logits = evaluation.tensor("logits");
        TrajectoryLoss loss = TrajectoryLoss.saf()
                .lambda(evaluation.real("lambda"))
                .tau(evaluation.real("tau"))
                .labelSmoothing(evaluation.real("smoothing"))
                .epochs(evaluation.integer("start"), evaluation.integer("end"), 1);
        Tensor crossEntropies = evaluation.scratch("ce", logits.rows());
        Tensor divergences = evaluation.scratch("kl", logits.rows());
        Tensor labels = evaluation.tensor("labels");
        Past past = Past.of(evaluation.tensor("past"));
        Tensor gradient = evaluation.outputOver(logits, "grad");
        TrajectoryBuffers buffers = TrajectoryBuffers.NONE.crossEntropies(crossEntropies).divergences(divergences);
        double mean = evaluation.measured(() -> loss.forwardBackward(
                evaluation.basin(), evaluation.integer("epoch"), logits, labels, past, gradient, buffers));
        evaluation.result("loss", mean);
        evaluation.result("ce", mean(crossEntropies));
        evaluation.result("kl", mean(divergences));
    }

    private static double mean(Tensor values) {
        double total = 0;
        for (long i = 0; i < values.size(); i++) {
            total += values.get(i);
        }
        return values.size() == 0 ? 0 : total / values.size();
    }
}
