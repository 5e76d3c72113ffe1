package dev.basin.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.basin.Basin;
import dev.basin.TestBackends;
import dev.basin.binding.Backend;
import dev.basin.binding.Natives;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class VerificationTest {
    private static final Basin REFERENCE = TestBackends.reference();
    private static final List<String> INSTRUCTION_SETS = List.of("x86-64-v2", "x86-64-v3", "x86-64-v4", "x86-64-v4-bf16");

    /** By subject: binding its kernels once is enough. */
    private static final Map<String, Basin> OPEN = new HashMap<>();

    @TempDir
    static Path libraries;

    @TestFactory
    Stream<DynamicTest> everyBackendAndInstructionSetAgreesWithTheReference() {
        return tests(1);
    }

    @Tag("slow")
    @TestFactory
    Stream<DynamicTest> everyBackendAndInstructionSetAgreesWithTheReferenceOnOtherSeeds() {
        return Stream.of(2L, 3L, 4L).flatMap(VerificationTest::tests);
    }

    /** A backend, and which cases show something about it. */
    private record Subject(String name, Supplier<Basin> basin, Predicate<String> concerns) {}

    private static Stream<DynamicTest> tests(long seed) {
        List<Subject> subjects = Stream.concat(backends(), instructionSets()).toList();
        return Specs.all().stream().flatMap(spec -> {
            ReferenceResults[] shared = new ReferenceResults[1];
            return subjects.stream().map(subject -> DynamicTest.dynamicTest(
                    spec.name() + " seed " + seed + " " + subject.name(), () -> verify(subject, spec, seed, shared)));
        });
    }

    /** JavaCPP's calls reach the library that Panama's do: what is left to look at are the binding and the copies. */
    private static Stream<Subject> backends() {
        return TestBackends.names().map(backend -> new Subject(backend, () -> TestBackends.open(backend),
                id -> !backend.equals("javacpp") || !id.matches("odd-tails.*|random-(f16-|bf16-)?\\d\\d|.*-long-row.*")));
    }

    /** The large cases differ from the others only in how they are split and copied, above the library. */
    private static Stream<Subject> instructionSets() {
        if (!List.of("amd64", "x86_64").contains(System.getProperty("os.arch"))) {
            return Stream.of();
        }
        return INSTRUCTION_SETS.stream().map(isa -> new Subject(
                isa, () -> TestBackends.over(on(isa)), id -> !id.startsWith("parallel") && !id.equals("confined")));
    }

    private static Backend on(String isa) {
        try (Basin usual = TestBackends.open("panama")) {
            assumeFalse(isa.equals(usual.isa()), "panama runs on it");
        }
        return Natives.on(isa, libraries);
    }

    /** The first subject's test works the reference's results out, the others find them. */
    private static void verify(Subject subject, Spec spec, long seed, ReferenceResults[] shared) {
        if (shared[0] == null) {
            shared[0] = new ReferenceResults(spec, REFERENCE, seed);
        }
        Basin basin = OPEN.computeIfAbsent(subject.name(), name -> subject.basin().get());
        assertEquals(List.of(), Verification.of(basin, shared[0]).run(subject.concerns()).failures(), "seed " + seed);
    }

    @AfterAll
    static void close() {
        OPEN.values().forEach(Basin::close);
        REFERENCE.close();
    }

    @Test
    void aWrongResultIsNoticed() {
        Spec right = Specs.named("cross_entropy").orElseThrow();
        Spec wrong = new Spec(right.name(), right.page(), right.title(), right.inputs(), right.parameters(), right.outputs(),
                right.sizes(), right.stressed(), right.hardCases(), right.tolerance(), right.discontinuous(), right.fitting(),
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
