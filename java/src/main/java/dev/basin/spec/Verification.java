package dev.basin.spec;

import dev.basin.Basin;
import dev.basin.BFloat16;
import dev.basin.DataType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.function.Predicate;

/** Holds a backend against the reference on every case of a spec. */
public final class Verification {
    /** How far inputs are moved to find out whether a result jumps there: some f32 rounding errors. */
    private static final double NUDGE = 1e-6;

    private final Spec spec;
    private final Basin basin;
    private final Basin reference;
    private final long seed;

    private Verification(Spec spec, Basin basin, Basin reference, long seed) {
        this.spec = spec;
        this.basin = basin;
        this.reference = reference;
        this.seed = seed;
    }

    /** @param reference a Basin on the {@code reference} backend */
    public static Verification of(Spec spec, Basin basin, Basin reference, long seed) {
        return new Verification(spec, basin, reference, seed);
    }

    /** Runs every case. */
    public VerificationResult run() {
        return run(id -> true);
    }

    /** Runs the cases whose id is wanted. */
    public VerificationResult run(Predicate<String> wanted) {
        List<String> failures = new ArrayList<>();
        double maxError = 0;
        int cases = 0;
        for (Case each : new CaseGenerator(spec, seed).all()) {
            if (wanted.test(each.id())) {
                cases++;
                maxError = Math.max(maxError, runCase(stored(each), failures));
            }
        }
        return new VerificationResult(
                basin.backend(), spec.name(), failures.isEmpty(), cases, maxError, spec.tolerance().relative(), failures);
    }

    private double runCase(Case each, List<String> failures) {
        double maxError = 0;
        try {
            Map<String, Value> expected = evaluateReference(each, 0);
            Map<String, Value> actual = spec.evaluate(basin, each.layout(), each.inputs(), each.parameters());
            if (!expected.keySet().equals(actual.keySet())) {
                failures.add(each.id() + ": outputs are " + actual.keySet() + " instead of " + expected.keySet());
                return 0;
            }
            Jumps jumps = new Jumps(each);
            for (Map.Entry<String, Value> output : expected.entrySet()) {
                Comparison comparison = new Comparison(spec.tolerance(), typeOf(spec.output(output.getKey()), each.layout()));
                comparison.compare(
                        output.getKey(), output.getValue(), actual.get(output.getKey()), jumps.of(output.getKey()));
                maxError = Math.max(maxError, comparison.maxError());
                if (!comparison.failure().isEmpty()) {
                    failures.add(each.id() + ": " + comparison.failure() + " (parameters " + each.parameters() + ")");
                }
            }
        } catch (RuntimeException e) {
            failures.add(each.id() + ": " + e);
        }
        return maxError;
    }

    private Map<String, Value> evaluateReference(Case each, double nudge) {
        Map<String, List<Value>> inputs = new LinkedHashMap<>(each.inputs());
        inputs.computeIfPresent(spec.stressed(), (name, values) -> values.stream().map(v -> moved(v, nudge)).toList());
        return spec.evaluate(reference, Layout.of(DataType.F64), inputs, each.parameters());
    }

    /** Every number moved by the same small part of the largest: a common factor would leave signs as they are. */
    private static Value moved(Value value, double nudge) {
        if (nudge == 0) {
            return value;
        }
        double step = nudge * Comparison.largestFinite(value.data());
        return new Value(value.kind(), value.shape(), java.util.Arrays.stream(value.data()).map(x -> x + step).toArray());
    }

    /** The case with its inputs rounded to what their storage holds, so that both sides compute on the same numbers. */
    private Case stored(Case each) {
        Map<String, List<Value>> rounded = new LinkedHashMap<>();
        each.inputs().forEach((name, values) -> {
            DataType type = typeOf(spec.input(name), each.layout());
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
                case F16, F64, I32 -> data[i];
            };
        }
        return new Value(value.kind(), value.shape(), data);
    }

    private static DataType typeOf(Field field, Layout layout) {
        if (field.kind() != Kind.REAL) {
            return DataType.I32;
        }
        return layout.realType() == DataType.BF16 && !field.halfPrecision() ? DataType.F32 : layout.realType();
    }

    /** How far the reference moves when the stressed input does; worked out only when a result is off. */
    private final class Jumps {
        private final Case each;
        private Map<String, Value> below = Map.of();
        private Map<String, Value> above = Map.of();

        Jumps(Case each) {
            this.each = each;
        }

        IntToDoubleFunction of(String output) {
            return index -> {
                if (!spec.discontinuous()) {
                    return 0;
                }
                if (below.isEmpty()) {
                    below = evaluateReference(each, -NUDGE);
                    above = evaluateReference(each, NUDGE);
                }
                return Math.abs(above.get(output).data()[index] - below.get(output).data()[index]);
            };
        }
    }
}
