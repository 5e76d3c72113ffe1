package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.online.OptimisticHedge;
import dev.basin.online.OptimisticMirrorDescent;
import dev.basin.online.OptimisticNewtonStep;
import dev.basin.online.Projection;

/** Page 08-optimistic-omd: rounds of optimistic mirror descent. */
final class OptimisticSpecs {
    private static final String PAGE = "08-optimistic-omd";
    private static final String REASON = "f32 steps with f64 sums; a projection moves no further apart than its points were";

    static final Spec EUCLIDEAN = within(Spec.named("optimistic_omd_euclidean", PAGE, "Optimistic mirror descent, convex losses")
                    .size("width", 1, 1200)
                    .input("xhat", Sampler.normal(0.3), "width")
                    .input("grad", Sampler.normal(1), "width")
                    .input("prev_hint", Sampler.normal(1), "width")
                    .input("hint", Sampler.normal(1), "width")
                    .parameter(Parameter.real("V", 0, 0.0, 2.0, 50.0))
                    .parameter(Parameter.real("D", 2, 2.0, 4.0))
                    .parameter(Parameter.real("G", 1, 1.0, 3.0))
                    .parameter(Parameter.real("delta", 1, 0.5, 1.0)))
            .output("V")
            .output("eta")
            .output("eta_next")
            .tolerance(1e-5, REASON, OptimisticSpecs::terms)
            .computedBy(OptimisticSpecs::euclidean);

    static final Spec STRONGLY_CONVEX = within(
            Spec.named("optimistic_omd_strongly_convex", PAGE, "Optimistic mirror descent, strongly convex losses")
                    .size("width", 1, 1200)
                    .input("xhat", Sampler.normal(0.3), "width")
                    .input("grad", Sampler.normal(1), "width")
                    .input("hint", Sampler.normal(1), "width")
                    .parameter(Parameter.real("lambda", 1, 0.5, 1.0, 2.0))
                    .parameter(Parameter.integer("t", 1, 1L, 7L, 100L)))
            .tolerance(1e-5, REASON, OptimisticSpecs::terms)
            .computedBy(OptimisticSpecs::stronglyConvex);

    static final Spec ENTROPIC = Spec.named("optimistic_omd_entropic", PAGE, "Optimistic Hedge")
            .size("rows", 1, 9)
            .size("actions", 1, 300)
            .input("log_xhat", Sampler.normal(2), "rows", "actions")
            .input("grad", Sampler.normal(2), "rows", "actions")
            .input("hint", Sampler.normal(2), "rows", "actions")
            .parameter(Parameter.real("eta", 0.25, 0.25, 0.5))
            .parameter(Parameter.real("eta_next", 0.25, 0.25, 0.4))
            .output("log_xhat", "rows", "actions")
            .output("x", "rows", "actions")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.POSITIVE_INFINITY, HardCase.NEGATIVE_INFINITY_ROW, HardCase.NAN_ROW,
                    HardCase.NEGATIVE_INFINITY)
            .tolerance(2e-5, 1e-37, "f32 exponentials of differences of numbers up to 100, f64 sums")
            .computedBy(OptimisticSpecs::entropic);

    static final Spec NEWTON = Spec.named("optimistic_ons", PAGE, "Optimistic online Newton step")
            .size("side", 1, 33)
            .input("xhat", Sampler.normal(1), "side")
            .input("H", Sampler.positiveDefinite(), "side", "side")
            .input("grad", Sampler.normal(0.5), "side")
            .input("hint", Sampler.normal(0.5), "side")
            .parameter(Parameter.real("beta", 0.25, 0.25, 0.5))
            .output("xhat", "side")
            .output("H_inv", "side", "side")
            .output("x", "side")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.PARALLEL, HardCase.CONFINED, HardCase.ONE_COLUMN, HardCase.ODD_TAILS,
                    HardCase.LONG_ROW, HardCase.EMPTY, HardCase.POSITIVE_INFINITY, HardCase.NEGATIVE_INFINITY,
                    HardCase.NEGATIVE_INFINITY_ROW, HardCase.NAN_ROW)
            .tolerance(1e-5, 1e-6, "an f32 inverse; steps are sums of terms of either sign of up to 1")
            .computedBy(OptimisticSpecs::newton);

    private OptimisticSpecs() {}

    private static Spec.Builder within(Spec.Builder builder) {
        return builder.parameter(Parameter.word("domain", "ball", "box", "none", "simplex"))
                .parameter(Parameter.real("lo", -1, -1.0, -0.5))
                .parameter(Parameter.real("hi", 1, 0.2, 1.0))
                .parameter(Parameter.real("radius", 1, 0.5, 1.0, 2.0))
                .output("xhat", "width")
                .output("x", "width")
                .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.POSITIVE_INFINITY, HardCase.NEGATIVE_INFINITY,
                        HardCase.NEGATIVE_INFINITY_ROW, HardCase.NAN_ROW, HardCase.EMPTY);
    }

    /** Points are differences of coordinates and steps, whatever is left of them within the domain. */
    private static double terms(Case each, String output) {
        if (!output.equals("xhat") && !output.equals("x")) {
            return 0;
        }
        double center = Comparison.largestFinite(each.inputs().get("xhat").getFirst().data());
        double gradient = Comparison.largestFinite(each.inputs().get("grad").getFirst().data());
        double hint = Comparison.largestFinite(each.inputs().get("hint").getFirst().data());
        return center + gradient + hint;
    }

    private static Projection domain(Evaluation evaluation) {
        return switch (evaluation.word("domain")) {
            case "ball" -> new Projection.Ball(evaluation.real("radius"));
            case "box" -> new Projection.Box(evaluation.real("lo"), evaluation.real("hi"));
            case "simplex" -> new Projection.Simplex();
            default -> new Projection.Everything();
        };
    }

    private static void euclidean(Evaluation evaluation) {
        Tensor center = evaluation.tensor("xhat");
        Tensor gradient = evaluation.tensor("grad");
        Tensor past = evaluation.tensor("prev_hint");
        Tensor hint = evaluation.tensor("hint");
        Tensor point = evaluation.output("x", center.shape());
        OptimisticMirrorDescent learner = new OptimisticMirrorDescent(new OptimisticMirrorDescent.Options(
                domain(evaluation), evaluation.real("D"), evaluation.real("G"), evaluation.real("delta")));
        double variation = evaluation.real("V");
        evaluation.result("xhat", center);
        OptimisticMirrorDescent.Round round =
                learner.step(evaluation.basin(), center, gradient, past, hint, point, variation);
        evaluation.measureBeside("", () -> learner.step(evaluation.basin(), center, gradient, past, hint, point, variation));
        evaluation.result("V", round.variation());
        evaluation.result("eta", round.eta());
        evaluation.result("eta_next", round.nextEta());
    }

    private static void stronglyConvex(Evaluation evaluation) {
        Tensor center = evaluation.tensor("xhat");
        Tensor gradient = evaluation.tensor("grad");
        Tensor hint = evaluation.tensor("hint");
        Tensor point = evaluation.output("x", center.shape());
        OptimisticMirrorDescent learner =
                new OptimisticMirrorDescent(OptimisticMirrorDescent.Options.defaults().domain(domain(evaluation)));
        evaluation.result("xhat", center);
        evaluation.measure(() -> learner.stronglyConvexStep(
                evaluation.basin(), center, gradient, hint, point, evaluation.real("lambda"), evaluation.integer("t")));
    }

    private static void entropic(Evaluation evaluation) {
        Tensor weights = evaluation.tensor("log_xhat");
        Tensor gradient = evaluation.tensor("grad");
        Tensor hint = evaluation.tensor("hint");
        Tensor policy = evaluation.output("x", weights.shape());
        evaluation.result("log_xhat", weights);
        evaluation.measure(() -> OptimisticHedge.step(
                evaluation.basin(), weights, gradient, hint, policy, evaluation.real("eta"), evaluation.real("eta_next")));
    }

    private static void newton(Evaluation evaluation) {
        Tensor center = evaluation.tensor("xhat");
        Tensor gradient = evaluation.tensor("grad");
        Tensor hint = evaluation.tensor("hint");
        Tensor inverse = evaluation.output("H_inv", evaluation.shape("H"));
        Tensor point = evaluation.output("x", center.shape());
        OptimisticNewtonStep.invert(evaluation.tensor("H"), inverse);
        evaluation.result("xhat", center);
        evaluation.measure(() -> OptimisticNewtonStep.step(
                evaluation.basin(), center, inverse, gradient, hint, point, evaluation.real("beta")));
    }
}
