package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.loss.ChoiceModel;

/** Page 59-utility-probability: the rationality that makes choices likeliest. */
final class FitRationalitySpec {
    static final Spec SPEC = Spec.named("fit_rationality", "59-utility-probability", "The rationality that makes choices likeliest")
            .size("rows", 100, 400)
            .size("classes", 5, 7)
            .input("utility", Sampler.normal(1), "rows", "classes")
            .integerInput("targets", Sampler.labels("classes"), "rows")
            .parameter(Parameter.real("beta_min", 1e-3, 1e-3))
            .parameter(Parameter.real("beta_max", 1e3, 1e3))
            .output("beta")
            .output("loss")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.POSITIVE_INFINITY, HardCase.NEGATIVE_INFINITY,
                    HardCase.NEGATIVE_INFINITY_ROW, HardCase.NAN_ROW, HardCase.EMPTY, HardCase.ODD_TAILS,
                    HardCase.LONG_ROW, HardCase.ONE_COLUMN, HardCase.SATURATED, HardCase.TIES, HardCase.PARALLEL, HardCase.CONFINED)
            .tolerance(1e-4, 1e-5, "a root of slopes that are summed from f32 differences")
            .computedBy(FitRationalitySpec::evaluate);

    private FitRationalitySpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor utilities = evaluation.tensor("utility");
        Tensor targets = evaluation.tensor("targets");
        double beta = ChoiceModel.fit(
                evaluation.basin(), utilities, targets, evaluation.real("beta_min"), evaluation.real("beta_max"));
        evaluation.result("beta", beta);
        evaluation.result("loss", ChoiceModel.negativeLogLikelihood(evaluation.basin(), utilities, targets, beta, null).loss());
        evaluation.measureBeside("", () -> ChoiceModel.negativeLogLikelihood(evaluation.basin(), utilities, targets, beta, null));
    }
}
