package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.optim.Adafactor;
import java.util.List;
import java.util.Map;

/** Page 55-lion: Adafactor. */
final class AdafactorSpec {
    static final Spec SPEC = described(Spec.named("adafactor", "55-lion", "Adafactor")
                    .size("steps", 1, 5)
                    .size("rows", 1, 90)
                    .size("columns", 1, 300)
                    .input("w", Sampler.normal(1), "rows", "columns", "...")
                    .halfInput("grads", Sampler.normal(1), "steps", "rows", "columns", "..."))
            .output("w", "rows", "columns", "...")
            .output("row", "rows", "...")
            .output("col", "columns", "...")
            .computedBy(AdafactorSpec::evaluate);

    private AdafactorSpec() {}

    /** The parameters and hard cases, for weights of any shape. */
    static Spec.Builder described(Spec.Builder builder) {
        return builder
                .parameter(Parameter.real("lr", 1e-3, 1e-3, 0.1))
                .parameter(Parameter.flag("relative_step", true))
                .parameter(Parameter.flag("warmup_init", false))
                .parameter(Parameter.flag("scale_parameter", true))
                .parameter(Parameter.real("eps1", 1e-30, 1e-30, 1e-10))
                .parameter(Parameter.real("eps2", 1e-3, 1e-3, 10.0))
                .parameter(Parameter.real("clip", 1, 1.0, 0.1))
                .parameter(Parameter.real("decay_rate", -0.8, -0.8, -0.5))
                .parameter(Parameter.optionalReal("beta1", 0, 0.0, 0.9))
                .parameter(Parameter.real("wd", 0, 0.0, 0.1))
                .stressing("grads")
                .without(HardCase.STRIDED, HardCase.IN_PLACE);
    }

    static void evaluate(Evaluation evaluation) {
        Tensor weights = evaluation.tensor("w");
        Adafactor.Options options = new Adafactor.Options(
                evaluation.flag("relative_step"), evaluation.flag("warmup_init"), evaluation.flag("scale_parameter"),
                evaluation.real("eps1"), evaluation.real("eps2"), evaluation.real("clip"), evaluation.real("decay_rate"),
                evaluation.real("beta1"), evaluation.real("wd"));
        Adafactor adafactor = Adafactor.over(evaluation.basin(), List.of(weights), options);
        for (Tensor gradient : evaluation.parts("grads")) {
            evaluation.measure("step", () -> adafactor.step(List.of(gradient), evaluation.real("lr")));
        }
        evaluation.result("w", weights);
        Map<String, List<Tensor>> state = adafactor.state();
        if (weights.rank() < 2) {
            evaluation.result("v", state.get("moment").getFirst());
            return;
        }
        evaluation.result("row", state.get("row_moment").getFirst());
        evaluation.result("col", state.get("column_moment").getFirst());
    }
}
