package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.layer.GaussianNaiveBayes;

/** Page 39-naive-bayes: moments of classes. */
final class NaiveBayesStatisticsSpec {
    static final Spec SPEC = Spec.named("gaussian_nb_stats", "39-naive-bayes", "Moments of classes")
            .size("rows", 1, 60)
            .size("width", 1, 40)
            .input("X", Sampler.normal(2), "rows", "width")
            .integerInput("y", (random, _) -> random.nextInt(5), "rows")
            .parameter(Parameter.integer("K", 5, 5L))
            .output("count", "...")
            .output("mean", "...", "width")
            .output("m2", "...", "width")
            .without(HardCase.IN_PLACE, HardCase.POSITIVE_INFINITY, HardCase.NEGATIVE_INFINITY, HardCase.NEGATIVE_INFINITY_ROW,
                    HardCase.NAN_ROW, HardCase.EMPTY)
            .tolerance(1e-6, 1e-9, "f64 on every backend, rounded once to f32")
            .computedBy(NaiveBayesStatisticsSpec::evaluate);

    private NaiveBayesStatisticsSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor x = evaluation.tensor("X");
        Tensor y = evaluation.tensor("y");
        int classes = evaluation.integer("K");
        int width = Math.toIntExact(x.columns());
        GaussianNaiveBayes bayes = new GaussianNaiveBayes(evaluation.basin(), classes, width);
        bayes.update(x, y);
        bayes.statistics(evaluation.output("count", classes), evaluation.output("mean", classes, width),
                evaluation.output("m2", classes, width));
        evaluation.measureBeside("update", () -> bayes.update(x, y));
    }
}
