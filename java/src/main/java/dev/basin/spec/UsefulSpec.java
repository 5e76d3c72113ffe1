package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.sharpness.KMeans;
import dev.basin.sharpness.Useful;
import java.util.List;
import java.util.stream.IntStream;

/** Page 19-useful-sam: the examples to repeat. {@code init} gives each class two of its rows, or nothing for the extremes of its losses. */
final class UsefulSpec {
    static final Spec SPEC = Spec.named("useful_repeats", "19-useful-sam", "USEFUL: the examples to show more often")
            .size("examples", 1, 90)
            .size("classes", 1, 20)
            .halfInput("outputs", Sampler.normal(2), "examples", "classes")
            .integerInput("labels", Sampler.labels("classes"), "examples")
            .input("losses", Sampler.uniform(0, 3), "examples")
            .optionalIntegerListInput("init", Sampler.uniform(0, 0), "0")
            .parameter(Parameter.integer("iters", 20, 1L, 20L))
            .parameter(Parameter.integer("factor", 2, 1L, 2L, 3L))
            .integerOutput("repeats", "examples")
            .flagsOutput("slow", "examples")
            .without(HardCase.POSITIVE_INFINITY, HardCase.NEGATIVE_INFINITY, HardCase.NAN_ROW, HardCase.NEGATIVE_INFINITY_ROW,
                    HardCase.IN_PLACE)
            .exact("whole numbers, decided by f64 in the same order on every backend")
            .computedBy(UsefulSpec::evaluate);

    private UsefulSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor outputs = evaluation.tensor("outputs");
        Tensor labels = evaluation.tensor("labels");
        Tensor losses = evaluation.tensor("losses");
        List<int[]> starts = evaluation.has("init")
                ? evaluation.tensors("init").stream().map(UsefulSpec::integers).toList()
                : List.of();
        Useful useful = new Useful(new KMeans(evaluation.integer("iters")), evaluation.integer("factor"));
        Tensor repeats = evaluation.output("repeats", outputs.rows());
        Tensor slow = evaluation.output("slow", outputs.rows());
        evaluation.measure(() -> useful.repeats(evaluation.basin(), outputs, labels, losses, starts, repeats, slow));
    }

    private static int[] integers(Tensor vector) {
        return IntStream.range(0, Math.toIntExact(vector.size())).map(i -> (int) vector.get(i)).toArray();
    }
}
