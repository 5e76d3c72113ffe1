package dev.basin.spec;

import dev.basin.BFloat16;
import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Float16;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The cases of a spec for a seed and what the reference makes of them, worked out once for all backends that are held to it. */
public final class ReferenceResults {
    private final Spec spec;
    private final Basin reference;
    private final List<Case> cases;
    private final Map<String, Map<String, Value>> expected = new HashMap<>();

    /** @param reference a Basin on the {@code reference} backend */
    public ReferenceResults(Spec spec, Basin reference, long seed) {
        this(spec, reference, seed, id -> true);
    }

    /** @param wanted which cases to draw, by their id */
    public ReferenceResults(Spec spec, Basin reference, long seed, Predicate<String> wanted) {
        this.spec = spec;
        this.reference = reference;
        this.cases = new CaseGenerator(spec, seed, wanted).all().stream().map(this::stored).toList();
    }

    Spec spec() {
        return spec;
    }

    /** The cases, with their inputs rounded to what their storage holds, so that both sides compute on the same numbers. */
    List<Case> cases() {
        return cases;
    }

    Map<String, Value> of(Case each) {
        return expected.computeIfAbsent(each.id(), id -> moved(each, 0));
    }

    /** The results where every stressed number is moved by the same small part of the largest. */
    Map<String, Value> moved(Case each, double nudge) {
        Map<String, List<Value>> inputs = new LinkedHashMap<>(each.inputs());
        inputs.computeIfPresent(spec.stressed(), (name, values) -> values.stream().map(v -> moved(v, nudge)).toList());
        return spec.evaluate(reference, Layout.of(DataType.F64), inputs, each.parameters());
    }

    private static Value moved(Value value, double nudge) {
        if (nudge == 0) {
            return value;
        }
        double step = nudge * Comparison.largestFinite(value.data());
        return new Value(value.kind(), value.shape(), java.util.Arrays.stream(value.data()).map(x -> x + step).toArray());
    }

    private Case stored(Case each) {
        Map<String, List<Value>> rounded = new LinkedHashMap<>();
        each.inputs().forEach((name, values) -> {
            DataType type = each.layout().typeOf(spec.input(name));
            rounded.put(name, values.stream().map(value -> rounded(value, type)).toList());
        });
        return new Case(each.id(), each.layout(), rounded, each.parameters());
    }

    private static Value rounded(Value value, DataType type) {
        double[] data = value.data().clone();
        for (int i = 0; i < data.length; i++) {
            data[i] = switch (type) {
                case F32 -> (float) data[i];
                case BF16 -> BFloat16.toFloat(BFloat16.fromDouble(data[i]));
                case F16 -> Float16.toFloat(Float16.fromDouble(data[i]));
                case F64, I32 -> data[i];
            };
        }
        return new Value(value.kind(), value.shape(), data);
    }
}
