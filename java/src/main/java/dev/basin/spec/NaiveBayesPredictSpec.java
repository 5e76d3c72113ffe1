package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.layer.GaussianNaiveBayes;

/** Page 39-naive-bayes: naive Bayes as a linear classifier. */
final class NaiveBayesPredictSpec {
    static final Spec SPEC = Spec.named("gaussian_nb_predict", "39-naive-bayes", "Naive Bayes as a linear classifier")
            .size("rows", 20, 60)
            .size("tests", 1, 17)
            .size("width", 1, 33)
            .input("X", Sampler.normal(2), "rows", "width")
            .integerInput("y", (random, _) -> random.nextInt(5), "rows")
            .input("Xt", Sampler.normal(2), "tests", "width")
            .parameter(Parameter.integer("K", 5, 5L))
            .parameter(Parameter.real("eps", 1e-9, 1e-9, 1e-3))
            .output("variance", "width")
            .output("W", "...", "width")
            .output("b", "...")
            .output("scores", "tests", "...")
            .output("prediction", "tests")
            .discontinuous()
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.PARALLEL, HardCase.CONFINED, HardCase.ONE_COLUMN, HardCase.ODD_TAILS,
                    HardCase.LONG_ROW, HardCase.EMPTY, HardCase.POSITIVE_INFINITY, HardCase.NEGATIVE_INFINITY,
                    HardCase.NEGATIVE_INFINITY_ROW, HardCase.NAN_ROW, HardCase.HEAP)
            .tolerance(2e-5, 1e-6, "f32 products of weights that are quotients of moments")
            .computedBy(NaiveBayesPredictSpec::evaluate);

    private NaiveBayesPredictSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor x = evaluation.tensor("X");
        Tensor tests = evaluation.tensor("Xt");
        int classes = evaluation.integer("K");
        int width = Math.toIntExact(x.columns());
        GaussianNaiveBayes bayes = new GaussianNaiveBayes(evaluation.basin(), classes, width);
        bayes.update(x, evaluation.tensor("y"));
        GaussianNaiveBayes.Classifier classifier = bayes.finish(evaluation.real("eps"));
        put(evaluation.output("variance", width), classifier.variances());
        put(evaluation.output("W", classes, width), classifier.weights());
        put(evaluation.output("b", classes), classifier.biases());
        Tensor scores = evaluation.output("scores", tests.rows(), classes);
        int[] best = classifier.predict(tests, scores);
        evaluation.measureBeside("predict", () -> classifier.predict(tests, scores));
        Tensor prediction = evaluation.output("prediction", tests.rows());
        for (int i = 0; i < best.length; i++) {
            prediction.set(i, best[i]);
        }
    }

    private static void put(Tensor tensor, double[] values) {
        for (int i = 0; i < values.length; i++) {
            tensor.set(i, values[i]);
        }
    }
}
