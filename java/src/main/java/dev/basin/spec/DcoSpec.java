package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.loss.DirectCoverage;

/** Page 27-dco: direct coverage optimisation of log-probabilities. */
final class DcoSpec {
    static final Spec SPEC = Spec.named("dco", "27-dco", "Direct coverage optimisation of log-probabilities")
            .size("rows", 1, 300)
            .input("logp", Sampler.uniform(-30, 0), "rows")
            .parameter(Parameter.real("n", 16, 1.0, 4.0, 16.0, 4096.0))
            .output("loss", "rows")
            .output("grad_logp", "rows")
            .output("factor", "rows")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.POSITIVE_INFINITY)
            .tolerance(1e-6, 1e-12, "f64 on every backend, rounded once to f32")
            .computedBy(DcoSpec::evaluate);

    private DcoSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor logP = evaluation.tensor("logp");
        Tensor losses = evaluation.output("loss", logP.size());
        Tensor gradient = evaluation.output("grad_logp", logP.size());
        Tensor factors = evaluation.output("factor", logP.size());
        DirectCoverage coverage = new DirectCoverage(evaluation.real("n"));
        evaluation.measure(() -> coverage.forwardBackward(evaluation.basin(), logP, losses, gradient, factors));
    }
}
