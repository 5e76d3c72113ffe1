package dev.basin.spec;

import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.optim.Conversion;
import dev.basin.optim.Lion;
import java.util.List;

/** Page 55-lion: Lion on bf16 weights with an f32 master, which {@code w} is. In double there is no master: w is rounded at the end. */
final class LionMasterSpec {
    static final Spec SPEC = Spec.named("lion_bf16_master", "55-lion", "Lion on bf16 weights with an f32 master")
            .size("steps", 1, 6)
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
            .bf16Output("w_bf16", "size", "...")
            .stressing("grads")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.POSITIVE_INFINITY, HardCase.NEGATIVE_INFINITY,
                    HardCase.NEGATIVE_INFINITY_ROW)
            .discontinuous()
            .computedBy(LionMasterSpec::evaluate);

    private LionMasterSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor start = evaluation.tensor("w");
        Tensor rounded = evaluation.output("w_bf16", start.shape());
        boolean inDouble = start.type() == DataType.F64;
        Conversion.convert(evaluation.basin(), start, rounded);
        Lion lion = Lion.over(evaluation.basin(), List.of(inDouble ? start : rounded), Lion.Options.defaults()
                .beta1(evaluation.real("beta1"))
                .beta2(evaluation.real("beta2"))
                .weightDecay(evaluation.real("wd")));
        Tensor weights = inDouble ? start : lion.state().get("master_weights").getFirst();
        weights.copyFrom(start);
        Tensor momentum = lion.momenta().getFirst();
        if (evaluation.has("m")) {
            momentum.copyFrom(evaluation.tensor("m"));
        }
        for (Tensor gradient : evaluation.parts("grads")) {
            evaluation.measure("step", () -> lion.step(List.of(gradient), evaluation.real("lr")));
        }
        if (inDouble) {
            Conversion.convert(evaluation.basin(), weights, rounded);
        }
        evaluation.result("w", weights);
        evaluation.result("m", momentum);
    }
}
