package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.layer.WeightCompander;

/** Page 20-weight-compander: weights as curves of what is trained. */
final class WeightCompanderSpecs {
    private static final Sampler POSITIVE = Sampler.uniform(0.1, 1);

    static final Spec COMPANDER = Spec.named("weight_compander", "20-weight-compander", "Weights as curves of what is trained")
            .size("rows", 1, 9)
            .size("columns", 1, 300)
            .size("one", 1, 1)
            .halfInput("v", Sampler.normal(1), "rows", "columns")
            .input("a", POSITIVE, "rows", "one")
            .input("b", POSITIVE, "rows", "one")
            .halfInput("grad_w", Sampler.normal(1), "rows", "columns")
            .parameter(curve())
            .halfOutput("w", "rows", "columns")
            .halfOutput("grad_v", "rows", "columns")
            .output("grad_a", "rows", "one")
            .output("grad_b", "rows", "one")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.POSITIVE_INFINITY, HardCase.NEGATIVE_INFINITY,
                    HardCase.NEGATIVE_INFINITY_ROW, HardCase.EMPTY)
            .computedBy(WeightCompanderSpecs::compander);

    static final Spec INVERSE = Spec.named("weight_compander_inverse", "20-weight-compander", "What is trained of given weights")
            .size("rows", 1, 9)
            .size("columns", 1, 300)
            .input("w", Sampler.uniform(-0.49, 0.49), "rows", "columns")
            .input("a", Sampler.uniform(0.5, 1), "one", "one")
            .input("b", POSITIVE, "one", "one")
            .size("one", 1, 1)
            .parameter(curve())
            .output("v", "rows", "columns")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.POSITIVE_INFINITY, HardCase.NEGATIVE_INFINITY,
                    HardCase.NEGATIVE_INFINITY_ROW, HardCase.EMPTY, HardCase.NAN_ROW, HardCase.SATURATED, HardCase.TIES)
            .computedBy(WeightCompanderSpecs::inverse);

    private WeightCompanderSpecs() {}

    private static Parameter curve() {
        return Parameter.word("curve", "arctan", "tanh", "softsign");
    }

    private static WeightCompander of(Evaluation evaluation) {
        String curve = evaluation.word("curve").toUpperCase(java.util.Locale.ROOT);
        return new WeightCompander(evaluation.basin(), WeightCompander.Curve.valueOf(curve));
    }

    private static void compander(Evaluation evaluation) {
        WeightCompander compander = of(evaluation);
        Tensor v = evaluation.tensor("v");
        Tensor a = evaluation.tensor("a");
        Tensor b = evaluation.tensor("b");
        Tensor gradient = evaluation.tensor("grad_w");
        Tensor weights = evaluation.output("w", v.shape());
        Tensor gradV = evaluation.output("grad_v", v.shape());
        Tensor gradA = evaluation.output("grad_a", a.shape());
        Tensor gradB = evaluation.output("grad_b", b.shape());
        evaluation.measure("forward", () -> compander.forward(v, a, b, weights));
        evaluation.measure("backward", () -> compander.backward(v, a, b, gradient, gradV, gradA, gradB));
    }

    private static void inverse(Evaluation evaluation) {
        WeightCompander compander = of(evaluation);
        Tensor weights = evaluation.tensor("w");
        Tensor values = evaluation.output("v", weights.shape());
        compander.inverse(weights, evaluation.tensor("a"), evaluation.tensor("b"), values);
        evaluation.measureBeside("inverse", () -> compander.inverse(weights, evaluation.tensor("a"), evaluation.tensor("b"), values));
    }
}
