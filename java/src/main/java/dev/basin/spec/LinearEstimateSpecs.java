package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.online.LinearQEstimator;

/** Page 07-ftrl-log-barrier: linear estimates of what actions are worth. */
final class LinearEstimateSpecs {
    private static final String PAGE = "07-ftrl-log-barrier";
    private static final String REASON = "f32 products; estimates are sums of terms of either sign";

    static final Spec INVERSE = shaped(Spec.named("ridge_inverse_covariance", PAGE, "Inverse of a regularised covariance")
                    .size("samples", 1, 600)
                    .input("features", Sampler.normal(0.3), "samples", "width"))
            .parameter(Parameter.real("gamma", 0.1, 0.05, 0.1, 0.5))
            .output("inverse", "width", "width")
            .tolerance(2e-5, 0, "f32 products in the covariance, times its condition: at most its largest eigenvalue, a few, over gamma")
            .computedBy(LinearEstimateSpecs::inverse);

    static final Spec ESTIMATE = queried("linear_q_estimate", "Linear estimate of a value")
            .parameter(Parameter.real("loss_to_go", 2, 0.5, 2.0))
            .output("q", "queries")
            .tolerance(1e-5, REASON, LinearEstimateSpecs::terms)
            .computedBy(LinearEstimateSpecs::estimate);

    static final Spec REDUCED = queried("magnitude_reduced_estimate", "Linear estimate of reduced magnitude")
            .size("samples", 1, 600)
            .input("samples", Sampler.normal(0.5), "samples", "width")
            .parameter(Parameter.real("loss_to_go", 2, 0.5, 2.0))
            .parameter(Parameter.real("H", 5, 2.0, 5.0))
            .output("q", "queries")
            .tolerance(1e-5, REASON, LinearEstimateSpecs::terms)
            .computedBy(LinearEstimateSpecs::reduced);

    static final Spec BONUS = shaped(Spec.named("exploration_bonus", PAGE, "Bonus of linear exploration")
                    .size("states", 1, 9)
                    .size("actions", 1, 9)
                    .input("features", Sampler.normal(0.5), "states", "actions", "width"))
            .input("sinv", Sampler.normal(1), "width", "width")
            .input("policy", Sampler.uniform(0, 1), "states", "actions")
            .parameter(Parameter.real("beta", 1, 0.0, 0.3, 1.0))
            .output("bonus", "states", "actions")
            .tolerance(1e-5, REASON, LinearEstimateSpecs::terms)
            .computedBy(LinearEstimateSpecs::bonus);

    private LinearEstimateSpecs() {}

    private static Spec.Builder queried(String name, String title) {
        return shaped(Spec.named(name, PAGE, title)
                        .size("queries", 1, 20)
                        .input("query", Sampler.normal(0.5), "queries", "width"))
                .input("sinv", Sampler.normal(1), "width", "width")
                .input("visited", Sampler.normal(0.5), "width");
    }

    private static Spec.Builder shaped(Spec.Builder builder) {
        return builder.size("width", 1, 33)
                .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.PARALLEL, HardCase.CONFINED, HardCase.ONE_COLUMN,
                        HardCase.ODD_TAILS, HardCase.LONG_ROW, HardCase.EMPTY, HardCase.POSITIVE_INFINITY, HardCase.NEGATIVE_INFINITY,
                        HardCase.NEGATIVE_INFINITY_ROW, HardCase.NAN_ROW, HardCase.SATURATED);
    }

    /** Sums of {@code width^2} products of either sign. */
    private static double terms(Case each, String output) {
        double largest = 1;
        for (String input : new String[] {"query", "sinv", "visited", "features"}) {
            if (each.inputs().containsKey(input)) {
                largest *= Comparison.largestFinite(each.inputs().get(input).getFirst().data());
            }
        }
        return largest;
    }

    private static void inverse(Evaluation evaluation) {
        Tensor features = evaluation.tensor("features");
        Tensor inverse = evaluation.output("inverse", features.columns(), features.columns());
        evaluation.measure(() ->
                LinearQEstimator.inverseCovariance(evaluation.basin(), features, evaluation.real("gamma"), inverse));
    }

    private static void estimate(Evaluation evaluation) {
        Tensor query = evaluation.tensor("query");
        Tensor inverse = evaluation.tensor("sinv");
        Tensor visited = evaluation.tensor("visited");
        Tensor q = evaluation.output("q", query.rows());
        evaluation.measure(() -> LinearQEstimator.estimate(
                evaluation.basin(), query, inverse, visited, evaluation.real("loss_to_go"), q));
    }

    private static void reduced(Evaluation evaluation) {
        Tensor query = evaluation.tensor("query");
        Tensor inverse = evaluation.tensor("sinv");
        Tensor visited = evaluation.tensor("visited");
        Tensor samples = evaluation.tensor("samples");
        Tensor q = evaluation.output("q", query.rows());
        evaluation.measure(() -> LinearQEstimator.magnitudeReduced(
                evaluation.basin(), query, inverse, visited, samples, evaluation.real("loss_to_go"), evaluation.real("H"), q));
    }

    private static void bonus(Evaluation evaluation) {
        Tensor features = evaluation.tensor("features");
        Tensor inverse = evaluation.tensor("sinv");
        Tensor policy = evaluation.tensor("policy");
        Tensor bonus = evaluation.output("bonus", policy.shape());
        evaluation.measure(() -> LinearQEstimator.bonus(
                evaluation.basin(), features, inverse, policy, evaluation.real("beta"), bonus));
    }
}
