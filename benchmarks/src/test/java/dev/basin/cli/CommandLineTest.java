package dev.basin.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CommandLineTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @ValueSource(strings = {
        "--help", "--version", "info --help", "verify --help", "eval --help", "train --help", "train digits --help",
        "train genesis --help", "train kjv --help", "bench --help",
    })
    void helpIsNoError(String line) {
        assertEquals(0, execute(line));
        assertTrue(out.toString().contains("basin"), out.toString());
        assertEquals("", err.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "xyz", "info extra", "train", "train letters", "train digits --loss nothing", "train digits --optimizer nothing",
        "train digits --epochs 0", "train digits --backend nothing", "train genesis --steps 9", "train kjv --layer nothing",
        "train kjv --verses 9", "train kjv --epochs 0", "train kjv --vocabulary 1000", "train kjv --backend nothing",
        "verify --kernel nothing", "verify --seed x",
        "bench --kernel nothing", "bench --shape rows", "bench --dtype f64", "bench --backend nothing", "bench --threads 0",
        "eval --backend nothing", "eval --threads 0", "eval --dtype f16", "eval --backend panama --dtype f64",
    })
    void aWrongCommandLineIsTwo(String line) {
        assertEquals(2, execute(line));
        assertEquals("", out.toString());
        assertTrue(err.toString().contains("Usage: basin"), err.toString());
    }

    @Test
    void infoNamesEveryBackend() {
        assertEquals(0, execute("info"));
        for (String word : new String[] {"panama", "javacpp", "java", "jdk", "processor", "threads", "cross_entropy"}) {
            assertTrue(out.toString().contains(word), word + " is missing from " + out);
        }
    }

    @Test
    void benchPrintsAFigureBesideItsCeiling() throws IOException {
        assertEquals(0, execute("bench --quick --json --backend java --threads 1 --kernel lion --shape size=5000"));
        JsonNode line = new JsonMapper().readTree(out.toString());
        assertEquals("lion step 5000 f32 java 1", String.join(" ", line.get("kernel").asText(), line.get("part").asText(),
                line.get("shape").asText(), line.get("dtype").asText(), line.get("backend").asText(), line.get("threads").asText()));
        assertEquals(5000 * 4 * 5, line.get("bytes").asLong());
        assertTrue(line.get("ns").asDouble() > 0 && line.get("ceiling_gbps").asDouble() > 0, out.toString());
        assertEquals(line.get("share").asDouble(), line.get("gbps").asDouble() / line.get("ceiling_gbps").asDouble(), 2e-3);
    }

    @Test
    void benchTimesAnInstructionSetInAProcessOfItsOwn() throws IOException {
        assertEquals(0, execute("bench --quick --json --backend java --threads 1 --kernel lion --shape size=5000 --isa x86-64-v2"));
        String line = out.toString().strip();
        assertEquals(line, BenchLine.of(BenchLine.parse(line)));
        assertEquals("5000", BenchLine.parse(line).shape());
    }

    @Test
    void verifyPrintsJsonLinesAndTheSeed() throws IOException {
        assertEquals(0, execute("verify --backend java --kernel log_softmax_xent --seed 3 --json"));
        JsonNode line = new JsonMapper().readTree(out.toString());
        assertEquals("java", line.get("backend").textValue());
        assertEquals("log_softmax_xent", line.get("kernel").textValue());
        assertTrue(line.get("ok").booleanValue());
        assertTrue(line.get("cases").intValue() >= 20, line.toString());
        assertTrue(line.get("max_error").doubleValue() <= line.get("tolerance").doubleValue(), line.toString());
        assertTrue(err.toString().contains("seed 3"), err.toString());
    }

    @Test
    void evalAnswersEachLineWithALine() {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream("nope\n{\"id\":2}\n".getBytes(StandardCharsets.UTF_8)));
        try {
            assertEquals(0, execute("eval --backend java"));
        } finally {
            System.setIn(before);
        }
        String[] lines = out.toString().split("\n");
        assertEquals(2, lines.length);
        assertTrue(lines[0].startsWith("{\"id\":null,\"error\":"), lines[0]);
        assertTrue(lines[1].startsWith("{\"id\":2,\"error\":"), lines[1]);
    }

    @Test
    void trainPrintsATableAndWritesTheReport(@TempDir Path folder) {
        Path report = folder.resolve("new/report.html");
        assertEquals(0, execute("train digits --backend java --epochs 2 --report " + report));
        assertTrue(out.toString().contains("test accuracy"), out.toString());
        assertTrue(out.toString().contains("Report: " + report), out.toString());
        assertTrue(Files.exists(report));
    }

    @Test
    void trainKjvPrintsATableAndWritesTheReport(@TempDir Path folder) throws IOException {
        Path report = folder.resolve("kjv.html");
        assertEquals(0, execute("train kjv --backend java --threads 1 --verses 20 --epochs 1 --vocabulary 20000 "
                + "--layer hierarchical-softmax --timing 0 --report " + report));
        for (String word : new String[] {
            "20 verses to learn from", "of 20,000 told apart", "epoch 1 of 1", "top 10", "Report: " + report,
        }) {
            assertTrue(out.toString().contains(word), word + " is missing from " + out);
        }
        assertTrue(Files.readString(report).contains("\"top10\":"));
    }

    @Test
    void trainGenesisShowsThatTheConversionsAgree() {
        assertEquals(0, execute("train genesis --backend java --steps 20"));
        assertTrue(out.toString().contains("Pre-CRMSNorm"), out.toString());
        assertTrue(out.toString().contains("The converted networks agree"), out.toString());
    }

    private int execute(String line) {
        CommandLine command = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        int code = command.execute(line.isEmpty() ? new String[0] : line.split(" "));
        command.getOut().flush();
        command.getErr().flush();
        return code;
    }
}
