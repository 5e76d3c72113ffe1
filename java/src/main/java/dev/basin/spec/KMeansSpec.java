package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.matrix.Rows;
import dev.basin.sharpness.KMeans;

/** Page 19-useful-sam: Lloyd's iterations from given centres. */
final class KMeansSpec {
    static final Spec SPEC = Spec.named("kmeans", "19-useful-sam", "K-means from given centres")
            .size("points", 3, 150)
            .size("clusters", 1, 3)
            .size("width", 1, 60)
            .halfInput("x", Sampler.normal(1), "points", "width")
            .input("init", Sampler.normal(1), "clusters", "width")
            .parameter(Parameter.integer("iters", 10, 1L, 2L, 10L, 100L))
            .integerOutput("assign", "points")
            .output("centres", "clusters", "width")
            .output("inertia")
            .without(HardCase.POSITIVE_INFINITY, HardCase.NEGATIVE_INFINITY, HardCase.NAN_ROW, HardCase.NEGATIVE_INFINITY_ROW,
                    HardCase.EMPTY, HardCase.IN_PLACE)
            .tolerance(1e-7, 1e-37, "f64 in the same order on every backend, rounded once to f32")
            .computedBy(KMeansSpec::evaluate);

    private KMeansSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor x = evaluation.tensor("x");
        Tensor initial = evaluation.tensor("init");
        Tensor assignments = evaluation.output("assign", x.rows());
        Tensor centres = Rows.copyOf(initial);
        KMeans kMeans = KMeans.defaults().iterations(evaluation.integer("iters"));
        double inertia = kMeans.cluster(evaluation.basin(), x, centres, assignments).inertia();
        evaluation.measureBeside("assign", () -> KMeans.assign(evaluation.basin(), x, centres, assignments, null));
        evaluation.measureBeside("cluster", () -> {
            centres.copyFrom(initial);
            kMeans.cluster(evaluation.basin(), x, centres, assignments);
        });
        evaluation.result("centres", centres);
        evaluation.result("inertia", inertia);
    }
}
