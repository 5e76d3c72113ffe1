package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.loss.ChoiceModel;

/** Page 59-utility-probability: probabilities from utilities. */
final class UtilityToProbabilitySpec {
    static final Spec SPEC = Spec.named("utility_to_probability", "59-utility-probability", "Probabilities from utilities")
            .size("rows", 1, 24)
            .size("classes", 16, 100) // so many that a random mask leaves one in every row
            .input("utility", Sampler.normal(2), "rows", "classes")
            .input("grad_prob", Sampler.normal(1), "rows", "classes")
            .optionalIntegerInput("mask", (random, _) -> Math.min(1, random.nextInt(4)), "rows", "classes")
            .parameter(Parameter.real("beta", 1, 0.5, 1.0, 2.0))
            .output("prob", "rows", "classes")
            .output("grad_utility", "rows", "classes")
            .output("grad_beta")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.ONE_COLUMN)
            .tolerance(1e-6, "f64 on every backend, but from probabilities that were rounded to f32; terms of either sign cancel",
                    UtilityToProbabilitySpec::terms)
            .computedBy(UtilityToProbabilitySpec::evaluate);

    private UtilityToProbabilitySpec() {}

    /** {@code grad_beta} is a sum of {@code P (G - c) u} of either sign. */
    private static double terms(Case each, String output) {
        if (!output.equals("grad_beta")) {
            return 0;
        }
        double[] utility = each.inputs().get("utility").getFirst().data();
        double[] upstream = each.inputs().get("grad_prob").getFirst().data();
        double largest = 0;
        for (double u : utility) {
            largest = Double.isFinite(u) ? Math.max(largest, Math.abs(u)) : largest;
        }
        double strongest = 0;
        for (double g : upstream) {
            strongest = Math.max(strongest, Math.abs(g));
        }
        return largest * strongest;
    }

    private static void evaluate(Evaluation evaluation) {
        Tensor utilities = evaluation.tensor("utility");
        Tensor mask = evaluation.optional("mask");
        Tensor probabilities = evaluation.output("prob", utilities.shape());
        Tensor gradient = evaluation.output("grad_utility", utilities.shape());
        Tensor upstream = evaluation.tensor("grad_prob");
        double beta = evaluation.real("beta");
        evaluation.measure("forward", () -> ChoiceModel.probabilities(
                evaluation.basin(), utilities, mask, probabilities, beta));
        double[] byBeta = new double[1];
        evaluation.measure("backward", () -> byBeta[0] =
                ChoiceModel.backward(evaluation.basin(), utilities, probabilities, upstream, gradient, beta));
        evaluation.result("grad_beta", byBeta[0]);
    }
}
