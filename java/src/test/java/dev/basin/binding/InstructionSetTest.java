package dev.basin.binding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InstructionSetTest {
    @BeforeEach
    void requireNatives() {
        Natives.folder();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x86-64-v2", "x86-64-v3", "x86-64-v4", "x86-64-v4-bf16"})
    void eachRunsWhenAskedForOrIsRefusedWithTheReason(String isa) throws Exception {
        assumeTrue(Platform.current().architecture().equals("x86_64"), "instruction sets of x86-64");
        String output = probe(isa);
        String refusal = "refused: basin.isa asks for " + isa + ", which this processor cannot run";
        assertTrue(
                output.equals("panama runs " + isa + "\njavacpp runs " + isa) || output.equals(refusal + "\n" + refusal),
                output);
    }

    @Test
    void oneThatDoesNotExistIsRefusedWithThoseThatDo() throws Exception {
        List<String> lines = probe("x86-64-v5").lines().toList();
        assertEquals(2, lines.size());
        for (String line : lines) {
            assertTrue(line.startsWith("refused: basin.isa must be one of ") && line.endsWith(", got x86-64-v5"), line);
        }
    }

    private static String probe(String isa) throws Exception {
        return ForkedJvm.start(LoadProbe.class,
                List.of("-Dbasin.isa=" + isa, "-Dbasin.cache=" + System.getProperty("basin.cache"))).output();
    }
}
