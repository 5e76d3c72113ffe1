package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.layer.LogisticRegression;

/** Page 39-naive-bayes: logistic regression. */
final class LogisticRegressionSpec {
    static final Spec SPEC = Spec.named("logistic_regression", "39-naive-bayes", "Logistic regression")
            .size("rows", 1, 50)
            .size("width", 1, 33)
            .size("classes", 1, 40)
            .input("W", Sampler.normal(0.5), "classes", "width")
            .input("b", Sampler.normal(1), "classes")
            .input("X", Sampler.normal(1), "rows", "width")
            .integerInput("y", Sampler.labels("classes"), "rows")
            .parameter(Parameter.real("l2", 0, 0.0, 0.5))
            .output("loss")
            .output("grad_W", "classes", "width")
            .output("grad_b", "classes")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.PARALLEL, HardCase.CONFINED, HardCase.ONE_COLUMN, HardCase.ODD_TAILS,
                    HardCase.LONG_ROW, HardCase.EMPTY, HardCase.POSITIVE_INFINITY, HardCase.NEGATIVE_INFINITY,
                    HardCase.NEGATIVE_INFINITY_ROW, HardCase.NAN_ROW, HardCase.HEAP)
            .tolerance(2e-5, 1e-6, "f32 products")
            .computedBy(LogisticRegressionSpec::evaluate);

    private LogisticRegressionSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor w = evaluation.tensor("W");
        Tensor b = evaluation.tensor("b");
        Tensor x = evaluation.tensor("X");
        Tensor y = evaluation.tensor("y");
        Tensor gradW = evaluation.output("grad_W", w.shape());
        Tensor gradB = evaluation.output("grad_b", b.size());
        LogisticRegression regression = new LogisticRegression(evaluation.real("l2"));
        evaluation.result("loss", evaluation.measured(
                () -> regression.forwardBackward(evaluation.basin(), x, y, w, b, gradW, gradB)));
    }
}
