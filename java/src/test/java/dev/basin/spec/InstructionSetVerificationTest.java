package dev.basin.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.basin.Basin;
import dev.basin.TestBackends;
import dev.basin.binding.ForkedJvm;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every instruction set that this processor has agrees with the reference; the choice is made once, so each has its JVM. */
class InstructionSetVerificationTest {
    private static String usual = "";

    @BeforeAll
    static void requireNatives() {
        try (Basin basin = TestBackends.open("panama")) {
            usual = basin.isa();
        }
        assumeTrue(List.of("amd64", "x86_64").contains(System.getProperty("os.arch")), "instruction sets of x86-64");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x86-64-v2", "x86-64-v3", "x86-64-v4", "x86-64-v4-bf16"})
    void agreesWithTheReference(String isa) throws Exception {
        assumeFalse(isa.equals(usual), "VerificationTest runs on " + usual);
        verify(isa, "1");
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {"x86-64-v2", "x86-64-v3", "x86-64-v4", "x86-64-v4-bf16"})
    void agreesWithTheReferenceOnOtherSeeds(String isa) throws Exception {
        verify(isa, "2", "3", "4");
    }

    private static void verify(String isa, String... seeds) throws Exception {
        String output = ForkedJvm.start(InstructionSetVerificationTest.class,
                List.of("-XX:TieredStopAtLevel=4", "-Dbasin.isa=" + isa, "-Dbasin.cache=" + System.getProperty("basin.cache")),
                seeds).output();
        assumeFalse(output.contains("which this processor cannot run"), output);
        assertEquals("", output);
    }

    /** Prints what fails with these seeds, and nothing if all is well. */
    public static void main(String[] seeds) {
        try (Basin basin = Basin.open(Basin.Options.defaults().backend("panama")); Basin reference = TestBackends.reference()) {
            if (!basin.isa().equals(System.getProperty("basin.isa"))) {
                System.out.println("the instruction set in use is " + basin.isa());
            }
            for (String seed : seeds) {
                for (Spec spec : Specs.all()) {
                    Verification.of(spec, basin, reference, Long.parseLong(seed)).run(InstructionSetVerificationTest::concernsTheInstructionSet)
                            .failures()
                            .forEach(failure -> System.out.println(spec.name() + " seed " + seed + " " + failure));
                }
            }
        }
    }

    /** The large cases differ from the others only in how they are split and copied, above the library. */
    private static boolean concernsTheInstructionSet(String id) {
        return !id.startsWith("parallel") && !id.equals("confined");
    }
}
