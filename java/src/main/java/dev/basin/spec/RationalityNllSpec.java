package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.loss.ChoiceModel;

/** Page 59-utility-probability: how unlikely choices are at a rationality. */
final class RationalityNllSpec {
    static final Spec SPEC = Spec.named("rationality_nll", "59-utility-probability", "How unlikely choices are at a rationality")
            .size("rows", 1, 24)
            .size("classes", 1, 300)
            .halfInput("utility", Sampler.normal(2), "rows", "classes")
            .integerInput("targets", Sampler.labels("classes"), "rows")
            .parameter(Parameter.real("beta", 1, 0.5, 1.0, 2.0))
            .output("loss")
            .halfOutput("grad_utility", "rows", "classes")
            .output("grad_beta")
            .output("hess_beta")
            .without(HardCase.NEGATIVE_INFINITY, HardCase.EMPTY)
            .tolerance(1e-5, RowLosses.GRADIENT_FLOOR, "f32 exponentials of differences, f64 sums; a variance of differences to f32")
            .computedBy(RationalityNllSpec::evaluate);

    private RationalityNllSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor utilities = evaluation.tensor("utility");
        Tensor targets = evaluation.tensor("targets");
        Tensor gradient = evaluation.outputOver(utilities, "grad_utility");
        double beta = evaluation.real("beta");
        ChoiceModel.Likelihood[] of = new ChoiceModel.Likelihood[1];
        evaluation.measure(() ->
                of[0] = ChoiceModel.negativeLogLikelihood(evaluation.basin(), utilities, targets, beta, gradient));
        evaluation.result("loss", of[0].loss());
        evaluation.result("grad_beta", of[0].first());
        evaluation.result("hess_beta", of[0].second());
    }
}
