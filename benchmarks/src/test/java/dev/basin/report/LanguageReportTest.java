package dev.basin.report;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.demo.language.Corpus;
import dev.basin.demo.language.LanguageRun;
import dev.basin.demo.language.OutputKind;
import dev.basin.demo.language.StepTimes;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class LanguageReportTest {
    @Test
    void isOnePageWithEverythingInIt() throws IOException {
        OutputKind kind = OutputKind.ALL.getFirst();
        LanguageRun run = new LanguageRun("java", kind, 20_000,
                List.of(new LanguageRun.Epoch(5, 0.125, 0.25, Double.NaN, 1.5)), 10, 1_500_000_000L, 500_000_000L, 1_000, 4_000, 200);
        Corpus corpus = Corpus.of(List.of(List.of("a", "b")), 0, 1, 1);
        String page = new LanguageReport(List.of(run), List.of(new StepTimes.Point(kind, 20_000, 0.25, 0.5)), corpus, 1,
                new Machine("a processor", 2, "a system", "a jdk")).html();
        for (String part : List.of(
                kind.title(), kind.setting(), "\"top1\":0.125", "\"perplexity\":null", "\"seconds\":0.25", "a processor", "uPlot")) {
            assertTrue(page.contains(part), part + " is missing");
        }
        assertFalse(page.contains("src="), "the page must need nothing beside it");
        assertFalse(page.contains("/* "), "a part of the template was not filled in");
    }
}
