package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.loss.DirectCoverage;

/** Page 27-dco: direct coverage optimisation of proofs, step by step. */
final class DcoStepwiseSpec {
    static final Spec SPEC = Spec.named("dco_stepwise", "27-dco", "Direct coverage optimisation of proofs, step by step")
            .size("rows", 1, 300)
            .input("step_logp", Sampler.uniform(-20, 0), "rows")
            .integerInput("proofs", Sampler.labels("rows"), "rows")
            .parameter(Parameter.real("n_eff", 4, 1.0, 4.0, 32.0))
            .output("loss", "...")
            .output("grad_step_logp", "rows")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.POSITIVE_INFINITY)
            .tolerance(1e-6, 1e-12, "f64 on every backend, rounded once to f32 and summed in f64")
            .computedBy(DcoStepwiseSpec::evaluate);

    private DcoStepwiseSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor logP = evaluation.tensor("step_logp");
        Tensor proofs = evaluation.tensor("proofs");
        long count = DcoTokensSpec.groups(proofs);
        Tensor losses = evaluation.output("loss", count);
        Tensor gradient = evaluation.output("grad_step_logp", logP.size());
        DirectCoverage coverage = new DirectCoverage(evaluation.real("n_eff"));
        evaluation.measure(() -> coverage.forwardBackwardSteps(evaluation.basin(), logP, proofs, losses, gradient));
    }
}
