package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.linear.LogisticDescent;
import dev.basin.linear.Perceptron;

/** Page 45-normalized-lr: logistic regression by large steps, and perceptrons. */
final class LinearSpecs {
    static final Spec LOGISTIC = describe("logistic_gd", "A step of logistic regression")
            .output("loss")
            .output("grad", "columns")
            .integerOutput("correct")
            .output("theta", "columns")
            .computedBy(evaluation -> logistic(evaluation, LogisticDescent.plain(evaluation.real("gamma")), false));

    static final Spec NORMALIZED = describe("normalized_logistic_gd", "A normalised step of logistic regression")
            .output("loss")
            .output("grad", "columns")
            .integerOutput("correct")
            .output("log_beta")
            .output("theta", "columns")
            .computedBy(evaluation -> logistic(evaluation, LogisticDescent.normalized(evaluation.real("gamma")), true));

    static final Spec BATCH = describePerceptron("batch_perceptron", "A step of the batch perceptron", Perceptron.BATCH);

    static final Spec NORMALIZED_BATCH =
            describePerceptron("normalized_batch_perceptron", "A step of the normalised batch perceptron", Perceptron.NORMALIZED_BATCH);

    static final Spec CLASSICAL = describePerceptron("perceptron", "A step of the perceptron", Perceptron.CLASSICAL);

    private LinearSpecs() {}

    private static Spec.Builder describe(String name, String title) {
        return Spec.named(name, "45-normalized-lr", title)
                .size("rows", 1, 200)
                .size("columns", 1, 70)
                .input("A", Sampler.normal(1), "rows", "columns")
                .input("y", (random, _) -> random.nextBoolean() ? 1 : -1, "rows")
                .input("theta", Sampler.normal(1), "columns")
                .parameter(Parameter.real("gamma", 1, 0.1, 1.0, 100.0))
                .parameter(Parameter.flag("first", false))
                .without(HardCase.IN_PLACE, HardCase.POSITIVE_INFINITY, HardCase.NEGATIVE_INFINITY, HardCase.NEGATIVE_INFINITY_ROW,
                        HardCase.EMPTY, HardCase.NAN_ROW, HardCase.TIES);
    }

    private static Spec describePerceptron(String name, String title, Perceptron perceptron) {
        return describe(name, title)
                .output("theta", "columns")
                .integerOutput("mistakes")
                .computedBy(evaluation -> perceptron(evaluation, perceptron));
    }

    private static void logistic(Evaluation evaluation, LogisticDescent descent, boolean isNormalized) {
        Tensor features = evaluation.tensor("A");
        Tensor labels = evaluation.tensor("y");
        Tensor theta = evaluation.tensor("theta");
        Tensor gradient = evaluation.output("grad", theta.shape());
        LogisticDescent.Result result = descent.step(evaluation.basin(), features, labels, theta, gradient);
        evaluation.result("loss", result.loss());
        evaluation.result("correct", result.correct());
        if (isNormalized) {
            evaluation.result("log_beta", result.logBeta());
        }
        evaluation.result("theta", theta);
        evaluation.measureBeside("step", () -> descent.step(evaluation.basin(), features, labels, theta, gradient));
    }

    private static void perceptron(Evaluation evaluation, Perceptron perceptron) {
        Tensor features = evaluation.tensor("A");
        Tensor labels = evaluation.tensor("y");
        Tensor theta = evaluation.tensor("theta");
        boolean isFirst = evaluation.flag("first");
        evaluation.result("mistakes", perceptron.step(evaluation.basin(), features, labels, theta, isFirst));
        evaluation.result("theta", theta);
        evaluation.measureBeside("step", () -> perceptron.step(evaluation.basin(), features, labels, theta, isFirst));
    }
}
