package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.loss.MarginLoss;

/** Page 05-ensloss: the inverse Box-Cox transformation. */
final class BoxCoxInverseSpec {
    static final Spec SPEC = Spec.named("box_cox_inverse", "05-ensloss", "The inverse Box-Cox transformation")
            .size("batch", 1, 300)
            .input("z", Sampler.normal(1), "batch")
            .parameter(Parameter.real("lambda", 0, 0.0, 1e-6, 0.5, -0.5, 1.0, -1.0))
            .output("value", "batch")
            .without(HardCase.STRIDED, HardCase.IN_PLACE)
            .tolerance(1e-6, 1e-12, "f64 on every backend, rounded once to f32")
            .computedBy(BoxCoxInverseSpec::evaluate);

    private BoxCoxInverseSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor z = evaluation.tensor("z");
        Tensor value = evaluation.output("value", z.size());
        evaluation.measure(() -> MarginLoss.boxCoxInverse(evaluation.basin(), z, value, evaluation.real("lambda")));
    }
}
