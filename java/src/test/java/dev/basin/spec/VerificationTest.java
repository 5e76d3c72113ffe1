package dev.basin.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.Basin;
import dev.basin.TestBackends;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class VerificationTest {
    private static final Basin REFERENCE = TestBackends.reference();

    @TestFactory
    Stream<DynamicTest> everyBackendAgreesWithTheReference() {
        return tests(1);
    }

    @Tag("slow")
    @TestFactory
    Stream<DynamicTest> everyBackendAgreesWithTheReferenceOnOtherSeeds() {
        return Stream.of(2L, 3L, 4L).flatMap(VerificationTest::tests);
    }

    private static Stream<DynamicTest> tests(long seed) {
        return Specs.all().stream().flatMap(spec -> {
            ReferenceResults[] shared = new ReferenceResults[1];
            return TestBackends.names().map(backend -> DynamicTest.dynamicTest(spec.name() + " seed " + seed + " " + backend,
                    () -> verify(backend, spec, seed, shared)));
        });
    }

    /** The first backend's test works the reference's results out, the others find them. */
    private static void verify(String backend, Spec spec, long seed, ReferenceResults[] shared) {
        if (shared[0] == null) {
            shared[0] = new ReferenceResults(spec, REFERENCE, seed);
        }
        try (Basin basin = TestBackends.open(backend)) {
            assertEquals(List.of(), Verification.of(basin, shared[0]).run().failures(), "seed " + seed);
        }
    }

    @AfterAll
    static void close() {
        REFERENCE.close();
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
