package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.optim.Lion;

/** Page 55-lion: Lion. */
final class LionSpec {
    static final Spec SPEC = Spec.named("lion", "55-lion", "Lion")
            .size("steps", 1, 5)
            .size("size", 1, 2000)
            .input("w", Sampler.normal(1), "size", "...")
            .optionalInput("m", Sampler.normal(0.1), "size", "...")
            .halfInput("grads", Sampler.normal(1), "steps", "size", "...")
            .parameter(Parameter.real("lr", 1e-4, 1e-4, 0.1))
            .parameter(Parameter.real("beta1", 0.9, 0.9, 0.95))
            .parameter(Parameter.real("beta2", 0.99, 0.99, 0.98))
            .parameter(Parameter.real("wd", 0, 0.0, 0.5))
            .output("w", "size", "...")
            .output("m", "size", "...")
            .stressing("grads")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.POSITIVE_INFINITY, HardCase.NEGATIVE_INFINITY,
                    HardCase.NEGATIVE_INFINITY_ROW)
            .discontinuous()
            .computedBy(LionSpec::evaluate);

    private LionSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor weights = evaluation.tensor("w");
        Lion.Options options = Lion.Options.defaults()
                .beta1(evaluation.real("beta1"))
                .beta2(evaluation.real("beta2"))
                .weightDecay(evaluation.real("wd"));
        Lion lion = Lion.over(evaluation.basin(), java.util.List.of(weights), options);
        Tensor momentum = lion.momenta().getFirst();
        if (evaluation.has("m")) {
            momentum.copyFrom(evaluation.tensor("m"));
        }
        for (Tensor gradient : evaluation.parts("grads")) {
            evaluation.measure("step", () -> lion.step(java.util.List.of(gradient), evaluation.real("lr")));
        }
        evaluation.result("w", weights);
        evaluation.result("m", momentum);
    }
}
