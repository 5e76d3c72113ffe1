package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.loss.DirectCoverage;

/** Page 27-dco: coverage factors from counts of right answers. */
final class DcoCountWeightsSpec {
    static final Spec SPEC = Spec.named("dco_count_weights", "27-dco", "Coverage factors from counts of right answers")
            .size("rows", 1, 40)
            .integerInput("correct", (random, _) -> random.nextInt(11), "rows")
            .parameter(Parameter.integer("samples", 10, 10L, 16L))
            .parameter(Parameter.real("n", 4, 1.0, 4.0, 64.0))
            .output("factor", "rows")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.POSITIVE_INFINITY, HardCase.NEGATIVE_INFINITY,
                    HardCase.NEGATIVE_INFINITY_ROW, HardCase.NAN_ROW, HardCase.SATURATED, HardCase.TIES)
            .tolerance(1e-6, 1e-12, "f64, rounded once to f32")
            .computedBy(DcoCountWeightsSpec::evaluate);

    private DcoCountWeightsSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor correct = evaluation.tensor("correct");
        Tensor factor = evaluation.output("factor", correct.size());
        DirectCoverage coverage = new DirectCoverage(evaluation.real("n"));
        evaluation.measure(() -> {
            for (long i = 0; i < correct.size(); i++) {
                factor.set(i, coverage.factorOfCounts(evaluation.basin(), (int) correct.get(i), evaluation.integer("samples")));
            }
        });
    }
}
