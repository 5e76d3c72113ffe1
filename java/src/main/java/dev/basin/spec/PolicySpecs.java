package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.online.ExponentialWeights;
import dev.basin.online.LogBarrierPolicy;

/** Page 07-ftrl-log-barrier: policies from cumulative losses. */
final class PolicySpecs {
    static final Spec LOG_BARRIER = policy("log_barrier_policy", "Follow-the-regularised-leader with the log-barrier")
            .output("shift", "rows")
            .tolerance(1e-5, "f32 quotients with f64 sums; gradients are differences of terms", PolicySpecs::terms)
            .computedBy(PolicySpecs::logBarrier);

    static final Spec EXPONENTIAL_WEIGHTS = policy("exp_weights_policy", "Follow-the-regularised-leader with the negative entropy")
            .tolerance(1e-5, "f32 exponentials with f64 sums; gradients are differences of terms", PolicySpecs::terms)
            .computedBy(PolicySpecs::exponentialWeights);

    private PolicySpecs() {}

    private static Spec.Builder policy(String name, String title) {
        return Spec.named(name, "07-ftrl-log-barrier", title)
                .size("rows", 1, 9)
                .size("actions", 1, 300)
                .input("cum_loss", Sampler.normal(5), "rows", "actions")
                .input("upstream", Sampler.normal(1), "rows", "actions")
                .parameter(Parameter.real("eta", 0.5, 0.05, 0.5, 1.0))
                .output("policy", "rows", "actions")
                .output("grad_cum_loss", "rows", "actions")
                .output("grad_eta")
                .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.POSITIVE_INFINITY, HardCase.NEGATIVE_INFINITY,
                        HardCase.NEGATIVE_INFINITY_ROW, HardCase.NAN_ROW);
    }

    /** {@code eta p (g - m)} is a difference of gradients, and {@code grad_eta} a sum of losses times these of either sign. */
    private static double terms(Case each, String output) {
        double upstream = Comparison.largestFinite(each.inputs().get("upstream").getFirst().data());
        double losses = Comparison.largestFinite(each.inputs().get("cum_loss").getFirst().data());
        return switch (output) {
            case "grad_cum_loss" -> (Double) each.parameters().get("eta") * upstream;
            case "grad_eta" -> upstream * losses;
            default -> 0;
        };
    }

    private static void logBarrier(Evaluation evaluation) {
        Tensor losses = evaluation.tensor("cum_loss");
        Tensor upstream = evaluation.tensor("upstream");
        Tensor policy = evaluation.output("policy", losses.shape());
        Tensor gradient = evaluation.output("grad_cum_loss", losses.shape());
        Tensor shifts = evaluation.output("shift", losses.rows());
        LogBarrierPolicy learner = new LogBarrierPolicy(evaluation.real("eta"));
        evaluation.measure("forward", () -> learner.policy(evaluation.basin(), losses, policy, shifts));
        double[] byEta = new double[1];
        evaluation.measure("backward", () ->
                byEta[0] = learner.backward(evaluation.basin(), policy, upstream, losses, gradient));
        evaluation.result("grad_eta", byEta[0]);
    }

    private static void exponentialWeights(Evaluation evaluation) {
        Tensor losses = evaluation.tensor("cum_loss");
        Tensor upstream = evaluation.tensor("upstream");
        Tensor policy = evaluation.output("policy", losses.shape());
        Tensor gradient = evaluation.output("grad_cum_loss", losses.shape());
        ExponentialWeights learner = new ExponentialWeights(evaluation.real("eta"));
        evaluation.measure("forward", () -> learner.policy(evaluation.basin(), losses, policy));
        double[] byEta = new double[1];
        evaluation.measure("backward", () ->
                byEta[0] = learner.backward(evaluation.basin(), policy, upstream, losses, gradient));
        evaluation.result("grad_eta", byEta[0]);
    }
}
