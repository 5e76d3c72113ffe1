package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.loss.Reduction;
import dev.basin.loss.RowBuffers;
import dev.basin.loss.SmoothAdversarialCompSum;

/** Page 03-comp-sum: the adversarial member. */
final class SmoothAdversarialCompSumSpec {
    static final Spec SPEC = Spec.named("smooth_adv_comp_sum", "03-comp-sum", "Smooth adversarial comp-sum losses")
            .size("rows", 1, 24)
            .size("classes", 1, 300)
            .halfInput("logits", Sampler.normal(3), "rows", "classes")
            .halfInput("logits_adv", Sampler.normal(3), "rows", "classes")
            .integerInput("targets", Sampler.labels("classes"), "rows")
            .parameter(Parameter.real("tau", 1, 0.0, 0.5, 1.0, 1.5, 2.0))
            .parameter(Parameter.real("rho", 1, 0.5, 1.0, 2.0))
            .parameter(Parameter.real("nu", 1, 0.0, 0.1, 1.0))
            .output("loss", "rows")
            .halfOutput("grad_logits", "rows", "classes")
            .halfOutput("grad_logits_adv", "rows", "classes")
            .output("margin_shift_norm", "rows")
            .tolerance(1e-5, RowLosses.GRADIENT_FLOOR, RowLosses.REASON)
            .computedBy(SmoothAdversarialCompSumSpec::evaluate);

    private SmoothAdversarialCompSumSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor logits = evaluation.tensor("logits");
        Tensor adversarial = evaluation.tensor("logits_adv");
        Tensor targets = evaluation.tensor("targets");
        Tensor gradient = evaluation.outputOver(logits, "grad_logits");
        Tensor adversarialGradient = evaluation.outputOver(adversarial, "grad_logits_adv");
        Tensor norms = evaluation.output("margin_shift_norm", logits.rows());
        RowBuffers buffers = RowBuffers.NONE.losses(evaluation.output("loss", logits.rows()));
        SmoothAdversarialCompSum loss = new SmoothAdversarialCompSum()
                .tau(evaluation.real("tau"))
                .rho(evaluation.real("rho"))
                .nu(evaluation.real("nu"))
                .reduction(Reduction.SUM);
        evaluation.measure(() -> loss.forwardBackward(
                evaluation.basin(), logits, adversarial, targets, gradient, adversarialGradient, norms, buffers));
    }
}
