package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.optim.Sgd;
import java.util.List;

/** Page 55-lion: SGD with momentum. */
final class SgdSpec {
    static final Spec SPEC = Spec.named("sgd_momentum", "55-lion", "SGD with momentum")
            .size("steps", 1, 5)
            .size("size", 1, 2000)
            .input("w", Sampler.normal(1), "size", "...")
            .halfInput("grads", Sampler.normal(1), "steps", "size", "...")
            .parameter(Parameter.real("lr", 1e-3, 1e-3, 0.1))
            .parameter(Parameter.real("momentum", 0, 0.5, 0.9))
            .parameter(Parameter.flag("nesterov", false))
            .parameter(Parameter.real("dampening", 0, 0.0))
            .parameter(Parameter.real("wd", 0, 0.0, 0.01, 0.5))
            .output("w", "size", "...")
            .stressing("grads")
            .without(HardCase.STRIDED, HardCase.IN_PLACE)
            .computedBy(SgdSpec::evaluate);

    private SgdSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor weights = evaluation.tensor("w");
        Sgd.Options options = new Sgd.Options(evaluation.real("momentum"), evaluation.real("dampening"),
                evaluation.flag("nesterov"), evaluation.real("wd"));
        Sgd sgd = Sgd.over(evaluation.basin(), List.of(weights), options);
        for (Tensor gradient : evaluation.parts("grads")) {
            evaluation.measure("step", () -> sgd.step(List.of(gradient), evaluation.real("lr")));
        }
        evaluation.result("w", weights);
    }
}
