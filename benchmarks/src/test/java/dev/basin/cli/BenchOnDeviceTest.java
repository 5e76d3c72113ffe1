package dev.basin.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code bench --backend cuda} on the stand-in for the CUDA runtime, each time in a JVM of its own. */
class BenchOnDeviceTest {
    private static final Path LIBRARY =
            Path.of("../native/target/release/standin/libbasin_cuda.so").toAbsolutePath().normalize();

    /** What a command left behind. */
    private record Outcome(int code, String out, String err) {}

    @Test
    void aStepIsAFigureBesideTheDevicesCeiling() throws Exception {
        JsonNode row = rows("--kernel lion --shape size=5000").getFirst();
        assertEquals("lion step 5000 f32 cuda 1", text(row, "kernel", "part", "shape", "dtype", "backend", "threads"));
        assertEquals("compute capability 0.0", row.get("isa").textValue());
        assertEquals(5000 * 4 * 5, row.get("bytes").asLong());
        assertTrue(row.get("ns").asDouble() > 0 && row.get("ceiling_ns").asDouble() > 0, row.toString());
        assertEquals("plain", row.get("ceiling_stores").textValue());
        assertEquals(row.get("share").asDouble(), row.get("gbps").asDouble() / row.get("ceiling_gbps").asDouble(), 2e-3);
    }

    /** Losses with labels, several calls a part, lists of tensors, matrix products between the kernels. */
    @ParameterizedTest
    @ValueSource(strings = {
        "--kernel cross_entropy --shape rows=8,classes=50 --dtype bf16", "--kernel rms_norm --shape rows=8,width=32",
        "--kernel sam_step --shape size=100,tensors=3", "--kernel svm_output_layer --shape rows=8,width=4,classes=5",
    })
    void everyPartHasTheFieldsOfARowOfTheProcessor(String kernel) throws Exception {
        List<JsonNode> onDevice = rows(kernel);
        Outcome onProcessor = bench(List.of(), "--backend java --threads 1 " + kernel);
        List<JsonNode> expected = parse(onProcessor.out());
        assertEquals(fields(expected), fields(onDevice));
        assertEquals(values(expected, "part", "shape", "dtype", "calls", "bytes", "operations"),
                values(onDevice, "part", "shape", "dtype", "calls", "bytes", "operations"));
    }

    @Test
    void withoutADeviceASentenceSaysWhatIsMissing() throws Exception {
        Outcome outcome = bench(List.of("BASIN_STANDIN_WITHOUT_DRIVER=1"), "--backend cuda --kernel lion");
        assertEquals(1, outcome.code());
        assertEquals("", outcome.out());
        assertEquals("basin: backend cuda cannot be used: there is no CUDA device that can be used"
                + " (the NVIDIA driver is missing, or older than the CUDA runtime in the library needs)", outcome.err().strip());
    }

    private static List<JsonNode> rows(String arguments) throws Exception {
        Outcome outcome = bench(List.of(), "--backend cuda " + arguments);
        assertEquals(0, outcome.code(), outcome.err());
        return parse(outcome.out());
    }

    private static List<JsonNode> parse(String lines) throws IOException {
        List<JsonNode> rows = new ArrayList<>();
        for (String line : lines.lines().toList()) {
            rows.add(new JsonMapper().readTree(line));
        }
        return rows;
    }

    private static List<List<String>> fields(List<JsonNode> rows) {
        return rows.stream().map(row -> row.propertyStream().map(field -> field.getKey()).toList()).toList();
    }

    private static List<String> values(List<JsonNode> rows, String... fields) {
        return rows.stream().map(row -> text(row, fields)).toList();
    }

    private static String text(JsonNode row, String... fields) {
        return String.join(" ", Stream.of(fields).map(field -> row.get(field).asText()).toList());
    }

    private static Outcome bench(List<String> environment, String arguments) throws Exception {
        assumeTrue(Files.exists(LIBRARY), LIBRARY + " was not built");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1", "-Dbasin.cuda.library=" + LIBRARY,
                "-Dbasin.cache=" + System.getProperty("basin.cache"),
                "-cp", System.getProperty("java.class.path"), Main.class.getName(), "bench", "--quick", "--json"));
        command.addAll(List.of(arguments.split(" ")));
        Path err = Files.createTempFile("bench", ".err");
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
            environment.forEach(each -> builder.environment().put(each.split("=")[0], each.split("=")[1]));
            Process process = builder.start();
            String out = new String(process.getInputStream().readAllBytes());
            return new Outcome(process.waitFor(), out, Files.readString(err));
        } finally {
            Files.delete(err);
        }
    }
}
