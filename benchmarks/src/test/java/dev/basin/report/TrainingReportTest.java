package dev.basin.report;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.demo.Digits;
import dev.basin.demo.Recipe;
import dev.basin.demo.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingReportTest {
    @Test
    void isOnePageWithEverythingInIt(@TempDir Path folder) throws IOException {
        Path file = report(new TrainingRun.Epoch(0.5, 0.25, 0.975)).write(folder.resolve("report.html"));
        String page = Files.readString(file);
        for (String part : List.of("cross-entropy", "AdamW", "0.975", "cafe0123", "a processor", "uPlot", "\"stateBytes\":8", "\"taken\":")) {
            assertTrue(page.contains(part), part + " is missing");
        }
        assertFalse(page.contains("src="), "the page must need nothing beside it");
        assertFalse(page.contains("/* "), "a part of the template was not filled in");
    }

    @Test
    void aDivergedRunLeavesGaps() throws IOException {
        String page = report(new TrainingRun.Epoch(Double.NaN, Double.POSITIVE_INFINITY, 0.1)).html();
        assertTrue(page.contains("\"trainingLoss\":[null],\"testLoss\":[null]"));
    }

    private static TrainingReport report(TrainingRun.Epoch epoch) {
        Digits.Split digits = Digits.load().split(1);
        int[] alwaysThree = new int[digits.test().count()];
        java.util.Arrays.fill(alwaysThree, 3);
        TrainingRun run = new TrainingRun(
                "java", Recipe.all().getFirst(), List.of(epoch), 1_000, 2_000_000_000L, 500_000_000L, 8, "cafe0123", alwaysThree);
        return new TrainingReport(List.of(run), digits, 1, new Machine("a processor", 2, "a system", "a jdk"));
    }
}
