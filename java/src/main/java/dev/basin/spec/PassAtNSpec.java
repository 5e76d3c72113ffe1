package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.loss.DirectCoverage;

/** Page 27-dco: the chance that one of n answers is right. */
final class PassAtNSpec {
    static final Spec SPEC = Spec.named("pass_at_n", "27-dco", "The chance that one of n answers is right")
            .size("rows", 1, 40)
            .integerInput("correct", (random, _) -> random.nextInt(11), "rows")
            .parameter(Parameter.integer("samples", 10, 10L, 16L))
            .parameter(Parameter.integer("n", 4, 1L, 4L, 10L))
            .output("pass", "rows")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.POSITIVE_INFINITY, HardCase.NEGATIVE_INFINITY,
                    HardCase.NEGATIVE_INFINITY_ROW, HardCase.NAN_ROW, HardCase.SATURATED, HardCase.TIES)
            .tolerance(1e-6, 1e-12, "f64, rounded once to f32")
            .computedBy(PassAtNSpec::evaluate);

    private PassAtNSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor correct = evaluation.tensor("correct");
        Tensor pass = evaluation.output("pass", correct.size());
        evaluation.measure(() -> {
            for (long i = 0; i < correct.size(); i++) {
                pass.set(i, DirectCoverage.passAtN((int) correct.get(i), evaluation.integer("samples"), evaluation.integer("n")));
            }
        });
    }
}
