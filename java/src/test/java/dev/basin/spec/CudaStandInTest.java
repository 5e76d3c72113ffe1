package dev.basin.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.basin.Basin;
import dev.basin.CudaStandIn;
import dev.basin.TestBackends;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Every kernel of the CUDA backend, binding and copies included, agrees with the reference on the stand-in for the CUDA
 * runtime, which needs no device.
 */
@ResourceLock(CudaStandIn.RESOURCE)
class CudaStandInTest {
    private static final Basin REFERENCE = TestBackends.reference();

    @BeforeAll
    static void requireTheStandIn() {
        CudaStandIn.require();
    }

    @AfterAll
    static void close() {
        REFERENCE.close();
    }

    @TestFactory
    Stream<DynamicTest> agreesWithTheReference() {
        return Specs.all().stream().map(spec -> DynamicTest.dynamicTest(spec.name(), () -> verify(spec, 1)));
    }

    private static void verify(Spec spec, long seed) {
        try (Basin basin = Basin.open(Basin.Options.defaults().backend("cuda").threads(1))) {
            ReferenceResults expected = new ReferenceResults(spec, REFERENCE, seed, CudaStandInTest::concernsTheDevice);
            assertEquals(List.of(), Verification.of(basin, expected).run().failures(), "seed " + seed);
        }
    }

    /**
     * The large cases differ from the others only in how the CPU's threads split them; of the random ones five must do here, and of
     * the tails those near the powers of two.
     */
    static boolean concernsTheDevice(String id) {
        return !id.matches("parallel.*|confined|random-(f16-|bf16-)?(\\d\\d|[5-9])|odd-tails-(1\\d|2\\d|3[5-9]|4\\d|5\\d|6[0-2]|6[6-9])(-.*)?");
    }
}
