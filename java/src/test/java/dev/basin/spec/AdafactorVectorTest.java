package dev.basin.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.basin.Basin;
import dev.basin.TestBackends;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every spec is held to, for Adafactor's other kernels: those of a vector, of which the catalogue has no kernel. */
class AdafactorVectorTest {
    private static final List<Long> SEEDS = List.of(1L, 2L, 3L);
    private static final Spec SPEC = AdafactorSpec.described(Spec.named("adafactor_vector", "55-lion", "Adafactor of a vector")
                    .size("steps", 1, 5)
                    .size("size", 1, 2000)
                    .input("w", Sampler.normal(1), "size")
                    .halfInput("grads", Sampler.normal(1), "steps", "size"))
            .output("w", "size")
            .output("v", "size")
            .computedBy(AdafactorSpec::evaluate);

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void agreesWithTheReference(String backend) {
        try (Basin basin = TestBackends.open(backend); Basin reference = TestBackends.reference()) {
            for (long seed : SEEDS) {
                assertEquals(List.of(), Verification.of(SPEC, basin, reference, seed).run().failures(), "seed " + seed);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.basin.TestBackends#names")
    void doesNotDependOnTheNumberOfThreads(String backend) {
        ThreadsTest.check(backend, SPEC);
    }
}
