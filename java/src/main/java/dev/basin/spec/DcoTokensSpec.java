package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.loss.DirectCoverage;
import dev.basin.matrix.Rows;

/** Page 27-dco: direct coverage optimisation of sequences of tokens. */
final class DcoTokensSpec {
    static final Spec SPEC = Spec.named("dco_tokens", "27-dco", "Direct coverage optimisation of sequences of tokens")
            .size("rows", 1, 24)
            .size("classes", 1, 300)
            .halfInput("logits", Sampler.normal(3), "rows", "classes")
            .integerInput("targets", Sampler.labels("classes", -100), "rows")
            .integerInput("segments", Sampler.labels("rows"), "rows")
            .parameter(Parameter.real("n", 16, 1.0, 4.0, 256.0))
            .output("loss", "...")
            .halfOutput("grad_logits", "rows", "classes")
            .output("seq_logp", "...")
            .output("factor", "...")
            .tolerance(1e-5, RowLosses.GRADIENT_FLOOR, "that of cross-entropy, whose lse is kept in f32; an answer's sum is f64")
            .computedBy(DcoTokensSpec::evaluate);

    private DcoTokensSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor logits = evaluation.tensor("logits");
        Tensor segments = evaluation.tensor("segments");
        long answers = groups(segments);
        Tensor losses = evaluation.output("loss", answers);
        Tensor logP = evaluation.output("seq_logp", answers);
        Tensor factors = evaluation.output("factor", answers);
        Tensor targets = evaluation.tensor("targets");
        Tensor gradient = evaluation.outputOver(logits, "grad_logits");
        DirectCoverage coverage = new DirectCoverage(evaluation.real("n"));
        evaluation.measure(() -> coverage.forwardBackward(
                evaluation.basin(), logits, targets, segments, gradient, losses, logP, factors));
    }

    /** How many there are, numbered from 0. */
    static long groups(Tensor numbers) {
        return (long) java.util.Arrays.stream(Rows.loadAll(numbers)).max().orElse(-1) + 1;
    }
}
