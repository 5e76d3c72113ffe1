package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.optim.AdamW;

/** Page 55-lion: AdamW. */
final class AdamWSpec {
    static final Spec SPEC = Spec.named("adamw", "55-lion", "AdamW")
            .size("steps", 1, 5)
            .size("size", 1, 2000)
            .input("w", Sampler.normal(1), "size", "...")
            .halfInput("grads", Sampler.normal(1), "steps", "size", "...")
            .parameter(Parameter.real("lr", 1e-3, 1e-3, 0.1))
            .parameter(Parameter.real("beta1", 0.9, 0.9, 0.0))
            .parameter(Parameter.real("beta2", 0.999, 0.999, 0.9))
            .parameter(Parameter.real("eps", 1e-8, 1e-8, 1e-6))
            .parameter(Parameter.real("wd", 0.01, 0.0, 0.01, 0.5))
            .output("w", "size", "...")
            .output("m", "size", "...")
            .output("v", "size", "...")
            .stressing("grads")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.POSITIVE_INFINITY, HardCase.NEGATIVE_INFINITY,
                    HardCase.NEGATIVE_INFINITY_ROW)
            .computedBy(AdamWSpec::evaluate);

    private AdamWSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor weights = evaluation.tensor("w");
        AdamW.Options options = AdamW.Options.defaults()
                .beta1(evaluation.real("beta1"))
                .beta2(evaluation.real("beta2"))
                .epsilon(evaluation.real("eps"))
                .weightDecay(evaluation.real("wd"));
        AdamW adamw = AdamW.over(evaluation.basin(), java.util.List.of(weights), options);
        for (Tensor gradient : evaluation.parts("grads")) {
            evaluation.measure("step", () -> adamw.step(java.util.List.of(gradient), evaluation.real("lr")));
        }
        evaluation.result("w", weights);
        evaluation.result("m", adamw.firstMoments().getFirst());
        evaluation.result("v", adamw.secondMoments().getFirst());
    }
}
