package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.layer.GaussianNaiveBayes;

/** Page 39-naive-bayes: moments of classes, merged. */
final class NaiveBayesMergeSpec {
    static final Spec SPEC = Spec.named("gaussian_nb_merge", "39-naive-bayes", "Moments of classes, merged")
            .size("first", 1, 60)
            .size("second", 1, 60)
            .size("width", 1, 40)
            .input("X1", Sampler.normal(2), "first", "width")
            .integerInput("y1", (random, _) -> random.nextInt(5), "first")
            .input("X2", Sampler.normal(2), "second", "width")
            .integerInput("y2", (random, _) -> random.nextInt(5), "second")
            .parameter(Parameter.integer("K", 5, 5L))
            .output("count1", "...")
            .output("mean1", "...", "width")
            .output("m2_1", "...", "width")
            .output("count2", "...")
            .output("mean2", "...", "width")
            .output("m2_2", "...", "width")
            .output("count", "...")
            .output("mean", "...", "width")
            .output("m2", "...", "width")
            .without(HardCase.IN_PLACE, HardCase.POSITIVE_INFINITY, HardCase.NEGATIVE_INFINITY, HardCase.NEGATIVE_INFINITY_ROW,
                    HardCase.NAN_ROW, HardCase.EMPTY, HardCase.PARALLEL, HardCase.CONFINED)
            .tolerance(1e-6, 1e-9, "f64 on every backend, rounded once to f32")
            .computedBy(NaiveBayesMergeSpec::evaluate);

    private NaiveBayesMergeSpec() {}

    private static void evaluate(Evaluation evaluation) {
        GaussianNaiveBayes first = of(evaluation, "1", "_1");
        GaussianNaiveBayes second = of(evaluation, "2", "_2");
        evaluation.measure(() -> first.merge(second));
        report(evaluation, first, "", "");
    }

    private static GaussianNaiveBayes of(Evaluation evaluation, String number, String suffix) {
        Tensor x = evaluation.tensor("X" + number);
        GaussianNaiveBayes bayes =
                new GaussianNaiveBayes(evaluation.basin(), evaluation.integer("K"), Math.toIntExact(x.columns()));
        bayes.update(x, evaluation.tensor("y" + number));
        report(evaluation, bayes, number, suffix);
        return bayes;
    }

    private static void report(Evaluation evaluation, GaussianNaiveBayes bayes, String number, String suffix) {
        long width = evaluation.shape("X1")[1];
        int classes = evaluation.integer("K");
        bayes.statistics(evaluation.output("count" + number, classes), evaluation.output("mean" + number, classes, width),
                evaluation.output("m2" + suffix, classes, width));
    }
}
