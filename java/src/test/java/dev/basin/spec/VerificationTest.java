package dev.basin.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.TestBackends;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class VerificationTest {
    private static final List<Long> SEEDS = List.of(1L, 2L, 3L);

    @TestFactory
    Stream<DynamicTest> everyBackendAgreesWithTheReference() {
        return TestBackends.names().flatMap(backend -> SEEDS.stream().flatMap(seed -> Specs.all().stream().map(spec ->
                DynamicTest.dynamicTest(backend + " " + spec.name() + " seed " + seed, () -> verify(backend, spec, seed)))));
    }

    private static void verify(String backend, Spec spec, long seed) {
        try (Basin basin = TestBackends.open(backend); Basin reference = TestBackends.reference()) {
            VerificationResult result = Verification.of(spec, basin, reference, seed).run();
            assertEquals(List.of(), result.failures(), "seed " + seed);
        }
    }

    @Test
    void aWrongResultIsNoticed() {
        Spec right = Specs.named("cross_entropy").orElseThrow();
        Spec wrong = new Spec(right.name(), right.page(), right.title(), right.inputs(), right.parameters(), right.outputs(),
                right.sizes(), right.stressed(), right.hardCases(), right.tolerance(), right.discontinuous(),
                VerificationTest::computeWithAnErrorOnTheFastBackend);
        try (Basin basin = TestBackends.open("java"); Basin reference = TestBackends.reference()) {
            VerificationResult result = Verification.of(wrong, basin, reference, 1).run(id -> id.equals("random-0"));
            assertEquals(1, result.cases());
            assertTrue(!result.ok() && result.failures().getFirst().startsWith("random-0: lse["), result.failures().toString());
        }
    }

    private static void computeWithAnErrorOnTheFastBackend(Evaluation evaluation) {
        Specs.named("cross_entropy").orElseThrow().computation().run(evaluation);
        if (evaluation.basin().backend().equals("java")) {
            double slightlyTooMuch = evaluation.outputs().get("lse").data()[0] * (1 + 1e-4);
            evaluation.outputTensor("lse").set(0, slightlyTooMuch);
        }
    }
}
