package dev.basin.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.TestBackends;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every output {@code grad_x} is the derivative, by the input {@code x}, of the output {@code loss} or of the sum of all outputs
 * {@code y} weighted with the inputs {@code grad_y}; one that is called {@code grad} alone is that by the first input of
 * its shape.
 */
class GradientTest {
    private static final double STEP = 1e-5;
    private static final int ELEMENTS = 12;
    /**
     * Their gradients take for constants what follows from the inputs: ALDR its temperature, EnsLoss the derivative that it draws.
     * OutputLossesTest and MarginLossTest look at them.
     */
    private static final Set<String> WITH_CONSTANTS = Set.of("aldr_kl", "ensloss");

    @TestFactory
    Stream<DynamicTest> gradientsAgreeWithCentralDifferences() {
        return Specs.all().stream()
                .filter(spec -> !WITH_CONSTANTS.contains(spec.name()))
                .filter(spec -> spec.outputs().stream().anyMatch(output -> isDifferentiated(spec, output.name())))
                .map(spec -> DynamicTest.dynamicTest(spec.name(), () -> checkSpec(spec)));
    }

    private static boolean isDifferentiated(Spec spec, String output) {
        return output.equals("loss") || spec.inputs().stream().anyMatch(input -> input.name().equals("grad_" + output));
    }

    private static void checkSpec(Spec spec) {
        List<Case> cases = new CaseGenerator(spec, 5, id -> id.startsWith("random-")).all().stream()
                .filter(each -> each.layout().realType() == DataType.F32)
                .toList();
        assertTrue(cases.size() >= 20);
        try (Basin reference = TestBackends.reference()) {
            cases.forEach(each -> checkCase(reference, spec, each));
        }
    }

    private static void checkCase(Basin reference, Spec spec, Case each) {
        Map<String, Value> outputs = evaluate(reference, spec, each, each.inputs());
        for (String output : outputs.keySet()) {
            String input = output.equals("grad") ? firstShapedLike(spec, spec.output(output))
                    : output.startsWith("grad_") ? output.substring("grad_".length()) : "";
            if (each.inputs().containsKey(input)) {
                checkGradient(reference, spec, each, input, outputs.get(output));
            }
        }
    }

    private static String firstShapedLike(Spec spec, Field output) {
        return spec.inputs().stream().filter(input -> input.dimensions().equals(output.dimensions())).findFirst().orElseThrow().name();
    }

    private static void checkGradient(Basin reference, Spec spec, Case each, String input, Value gradient) {
        Value point = each.inputs().get(input).getFirst();
        double norm = 0;
        for (double component : gradient.data()) {
            norm = Math.max(norm, Math.abs(component));
        }
        double rounding = 0x1p-50 * Math.abs(lossAt(reference, spec, each, input, 0, 0)) / STEP;
        int stride = Math.max(1, point.data().length / ELEMENTS);
        for (int i = 0; i < point.data().length; i += stride) {
            double difference = (lossAt(reference, spec, each, input, i, STEP) - lossAt(reference, spec, each, input, i, -STEP))
                    / (2 * STEP);
            assertEquals(difference, gradient.data()[i], 1e-7 * Math.max(1, norm) + rounding,
                    spec.name() + " " + each.id() + ": grad_" + input + "[" + i + "] with " + each.parameters());
        }
    }

    private static double lossAt(Basin reference, Spec spec, Case each, String input, int index, double step) {
        Value point = each.inputs().get(input).getFirst();
        double[] moved = point.data().clone();
        moved[index] += step;
        Map<String, List<Value>> inputs = new HashMap<>(each.inputs());
        inputs.put(input, List.of(new Value(point.kind(), point.shape(), moved)));
        double[] sum = new double[1];
        evaluate(reference, spec, each, inputs).forEach((name, value) -> {
            if (isDifferentiated(spec, name)) {
                sum[0] += weightedSum(value.data(), each.inputs().get("grad_" + name));
            }
        });
        return sum[0];
    }

    /** Weights are 1 where none are given. */
    private static double weightedSum(double[] values, @Nullable List<Value> weights) {
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += values[i] * (weights == null ? 1 : weights.getFirst().data()[i]);
        }
        return sum;
    }

    private static Map<String, Value> evaluate(Basin reference, Spec spec, Case each, Map<String, List<Value>> inputs) {
        return spec.evaluate(reference, Layout.of(DataType.F64), inputs, each.parameters());
    }
}
