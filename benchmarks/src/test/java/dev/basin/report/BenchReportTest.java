package dev.basin.report;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.bench.BenchRow;
import dev.basin.peers.PeerFigure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchReportTest {
    @Test
    void isOnePageWithEverythingInIt(@TempDir Path folder) throws IOException {
        BenchRow row = new BenchRow(
                "lion", "step", "5000", "f32", "panama", "an isa", 1, 1000, 0.05, 1, 45_000, 100_000, 800, "plain");
        PeerFigure peer = new PeerFigure("a step", "5000", 1, "somebody", 3000, 0.05, 3, "nothing");
        Path file = new BenchReport(List.of(row), List.of(peer), "basin bench", new Machine("a processor", 2, "a system", "a jdk"))
                .write(folder.resolve("report.html"));
        String page = Files.readString(file);
        for (String part : List.of("\"kernel\":\"lion\"", "\"ceilingNanos\":800.0", "an isa", "a processor", "basin bench", "somebody", "uPlot")) {
            assertTrue(page.contains(part), part + " is missing");
        }
        assertFalse(page.contains("src="), "the page must need nothing beside it");
        assertFalse(page.contains("/* "), "a part of the template was not filled in");
    }
}
