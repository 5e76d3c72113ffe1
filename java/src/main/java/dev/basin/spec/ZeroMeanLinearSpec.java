package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.norm.ZeroMeanLinear;

/** Page 61-rmsnorm-equivalence: a linear whose outputs have zero mean. */
final class ZeroMeanLinearSpec {
    static final Spec SPEC = Spec.named("zero_mean_linear", "61-rmsnorm-equivalence", "Linear with outputs of zero mean")
            .size("rows", 1, 24)
            .size("inputs", 1, 60)
            .size("outputs", 1, 60)
            .halfInput("x", Sampler.normal(1), "rows", "inputs")
            .halfInput("weight", Sampler.normal(1), "outputs", "inputs")
            .input("bias", Sampler.normal(1), "outputs")
            .halfInput("grad_y", Sampler.normal(1), "rows", "outputs")
            .halfOutput("y", "rows", "outputs")
            .halfOutput("grad_x", "rows", "inputs")
            .output("grad_weight", "outputs", "inputs")
            .output("grad_bias", "outputs")
            .without(HardCase.IN_PLACE)
            .computedBy(ZeroMeanLinearSpec::evaluate);

    private ZeroMeanLinearSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor x = evaluation.tensor("x");
        Tensor weight = evaluation.tensor("weight");
        Tensor bias = evaluation.tensor("bias");
        Tensor y = evaluation.output("y", x.rows(), weight.rows());
        ZeroMeanLinear.forward(evaluation.basin(), x, weight, bias, y);
        ZeroMeanLinear.backward(evaluation.basin(), evaluation.tensor("grad_y"), x, weight,
                evaluation.output("grad_x", x.shape()), evaluation.output("grad_weight", weight.shape()),
                evaluation.output("grad_bias", bias.shape()), false);
    }
}
