package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.loss.OverlapLoss;
import dev.basin.matrix.Rows;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Page 21-dice: self-adjusting Dice and Tversky, of a sigmoid's logits {@code [rows]} or a softmax's {@code [rows, classes]}. */
final class OverlapSpecs {
    static final Spec DICE = described(
                    Spec.named("self_adjusting_dice", "21-dice", "Self-adjusting Dice loss"),
                    Parameter.word("activation", "softmax", "sigmoid"))
            .parameter(Parameter.real("alpha", 0.01, 0.0, 0.01, 1.0, 2.0))
            .parameter(Parameter.real("gamma", 1, 0.0, 1e-4, 1.0))
            .parameter(Parameter.flag("squared", true))
            .parameter(Parameter.word("reduce", "per_example", "batch"))
            .computedBy(evaluation -> run(evaluation, OverlapLoss.dice()
                    .alpha(evaluation.real("alpha"))
                    .gamma(evaluation.real("gamma"))
                    .squared(evaluation.flag("squared"))));

    static final Spec TVERSKY = described(
                    Spec.named("tversky", "21-dice", "Tversky loss"), Parameter.word("activation", "sigmoid", "softmax"))
            .parameter(Parameter.real("fp_weight", 0.3, 0.3, 0.5))
            .parameter(Parameter.real("fn_weight", 0.7, 0.7, 0.5))
            .parameter(Parameter.real("gamma", 1, 0.0, 1.0))
            .parameter(Parameter.word("reduce", "batch", "per_example"))
            .computedBy(evaluation -> run(evaluation, OverlapLoss.tversky(evaluation.real("fp_weight"), evaluation.real("fn_weight"))
                    .gamma(evaluation.real("gamma"))));

    private static final int MOST_CLASSES = 100;

    private OverlapSpecs() {}

    private static Spec.Builder described(Spec.Builder builder, Parameter activation) {
        return builder.size("rows", 1, 300)
                .input("logits", Sampler.normal(3), "rows", "...")
                .input("targets", Sampler.uniform(0, 1), "rows")
                .optionalInput("mask", Sampler.coin(), "rows")
                .parameter(activation)
                .output("loss", "...")
                .output("grad_logits", "rows", "...")
                .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.NEGATIVE_INFINITY, HardCase.POSITIVE_INFINITY,
                        HardCase.NEGATIVE_INFINITY_ROW, HardCase.NAN_ROW, HardCase.EMPTY)
                .tolerance(1e-6, 1e-9, "f64 on every backend, rounded once to f32")
                .fitting(each -> fitted(each, activation));
    }

    /** For a softmax the logits drawn become rows of some classes, with as many labels. */
    private static Case fitted(Case drawn, Parameter activation) {
        if (!drawn.parameters().getOrDefault("activation", activation.initial()).equals("softmax")) {
            return drawn;
        }
        double[] logits = drawn.inputs().get("logits").getFirst().data();
        double[] targets = drawn.inputs().get("targets").getFirst().data();
        int classes = Math.min(logits.length, 2 + logits.length % (MOST_CLASSES - 1));
        int rows = logits.length / classes;
        double[] labels = Arrays.stream(targets).limit(rows).map(target -> (int) (target * classes)).toArray();
        Map<String, List<Value>> inputs = new LinkedHashMap<>();
        inputs.put("logits", List.of(Value.real(Arrays.copyOf(logits, rows * classes), rows, classes)));
        inputs.put("targets", List.of(Value.real(labels, rows)));
        if (drawn.inputs().containsKey("mask")) {
            double[] mask = drawn.inputs().get("mask").getFirst().data();
            inputs.put("mask", List.of(Value.real(Arrays.copyOf(mask, rows), rows)));
        }
        return new Case(drawn.id(), drawn.layout(), inputs, drawn.parameters());
    }

    private static void run(Evaluation evaluation, OverlapLoss loss) {
        Tensor logits = evaluation.tensor("logits");
        boolean softmax = evaluation.word("activation").equals("softmax");
        if (logits.rank() != (softmax ? 2 : 1)) {
            throw new IllegalArgumentException("logits must have the shape [rows" + (softmax ? ", classes" : "") + "] for "
                    + evaluation.word("activation") + ", got " + logits);
        }
        Tensor targets = softmax ? integers(evaluation, "targets") : evaluation.tensor("targets");
        Tensor mask = evaluation.has("mask") ? integers(evaluation, "mask") : null;
        Tensor gradient = evaluation.output("grad_logits", logits.shape());
        if (evaluation.word("reduce").equals("batch")) {
            Tensor losses = evaluation.output("loss", softmax ? logits.columns() : 1);
            evaluation.measure(() -> loss.batch(evaluation.basin(), logits, targets, mask, losses, gradient));
        } else {
            Tensor losses = evaluation.output("loss", targets.size());
            evaluation.measure(() -> loss.eachRow(evaluation.basin(), logits, targets, mask, losses, gradient));
        }
    }

    private static Tensor integers(Evaluation evaluation, String input) {
        double[] values = Rows.load(evaluation.tensor(input), 0);
        int[] integers = new int[values.length];
        for (int i = 0; i < integers.length; i++) {
            integers[i] = (int) values[i];
            if (integers[i] != values[i]) {
                throw new IllegalArgumentException(input + " must be whole numbers, got " + values[i] + " at index " + i);
            }
        }
        return Tensor.of(integers);
    }
}
