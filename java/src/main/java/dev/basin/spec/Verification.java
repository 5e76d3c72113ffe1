package dev.basin.spec;

import dev.basin.Basin;
import java.util.ArrayList;
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
    private final ReferenceResults reference;

    private Verification(Basin basin, ReferenceResults reference) {
        this.spec = reference.spec();
        this.basin = basin;
        this.reference = reference;
    }

    /** @param reference a Basin on the {@code reference} backend */
    public static Verification of(Spec spec, Basin basin, Basin reference, long seed) {
        return new Verification(basin, new ReferenceResults(spec, reference, seed));
    }

    /** Against results that other backends are held to as well. */
    public static Verification of(Basin basin, ReferenceResults reference) {
        return new Verification(basin, reference);
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
        for (Case each : reference.cases()) {
            if (wanted.test(each.id())) {
                cases++;
                maxError = Math.max(maxError, runCase(each, failures));
            }
        }
        return new VerificationResult(
                basin.backend(), spec.name(), failures.isEmpty(), cases, maxError, spec.tolerance().relative(), failures);
    }

    private double runCase(Case each, List<String> failures) {
        double maxError = 0;
        try {
            Map<String, Value> expected = reference.of(each);
            Map<String, Value> actual = spec.evaluate(basin, each.layout(), each.inputs(), each.parameters());
            if (!expected.keySet().equals(actual.keySet())) {
                failures.add(each.id() + ": outputs are " + actual.keySet() + " instead of " + expected.keySet());
                return 0;
            }
            Jumps jumps = new Jumps(each);
            for (Map.Entry<String, Value> output : expected.entrySet()) {
                String name = output.getKey();
                Comparison comparison = new Comparison(spec.tolerance(), each.layout().typeOf(spec.output(name)),
                        spec.tolerance().terms().of(each, name));
                comparison.compare(name, output.getValue(), actual.get(name), jumps.of(name));
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
                    below = reference.moved(each, -NUDGE);
                    above = reference.moved(each, NUDGE);
                }
                return Math.abs(above.get(output).data()[index] - below.get(output).data()[index]);
            };
        }
    }
}
