package dev.basin.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.basin.spec.Specs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadmeTablesTest {
    private static final List<String> BACKENDS = List.of("panama", "javacpp");

    @Test
    void theReadmeIsUpToDate() throws IOException {
        String readme = Files.readString(Path.of("..", "README.md"));
        assertEquals(ReadmeTables.current().rewrite(readme), readme, "README.md is out of date; this mends it:"
                + " mvn -q -DskipTests package && java -jar benchmarks/target/basin.jar readme");
    }

    @Test
    void aKernelWithoutASpecIsOnNoBackend() {
        String papers = new ReadmeTables(List.of(), BACKENDS).papers();
        assertEquals(66, papers.lines().filter(line -> line.endsWith(" | not yet |")).count());
    }

    @Test
    void aPaperOfWhichThereIsAPartSaysHowMuch() {
        String papers = new ReadmeTables(List.of(Specs.named("comp_sum").orElseThrow()), BACKENDS).papers();
        assertTrue(papers.contains(" | comp-sum losses | panama, javacpp: 1 of 2 kernels |"), papers);
    }

    @Test
    void everySpecOfAPaperIsAKernelOfItsPage() {
        for (Paper paper : Paper.all()) {
            Specs.all().stream().filter(spec -> spec.page().equals(paper.page())).forEach(spec ->
                    assertTrue(paper.kernels().contains(spec.name()), () -> spec.name() + " is not on page " + paper.page()));
        }
    }

    @Test
    void aTextWithoutMarkersIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> ReadmeTables.current().rewrite("# Basin"));
    }
}
