package dev.basin.report;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.basin.bench.BenchRow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A page about times: shares of the ceiling, backends side by side, what threads bring, and every figure. */
public final class BenchReport {
    private static final JsonMapper MAPPER = new JsonMapper();

    private final List<BenchRow> rows;
    private final String command;
    private final Machine machine;

    /** @param command what was run */
    public BenchReport(List<BenchRow> rows, String command, Machine machine) {
        this.rows = List.copyOf(rows);
        this.command = command;
        this.machine = machine;
    }

    /** Writes the page, with the folders that lead to it, and says where it is. */
    public Path write(Path file) throws IOException {
        return Page.write(file, html());
    }

    String html() throws IOException {
        ObjectNode data = MAPPER.createObjectNode();
        data.put("date", Page.now());
        data.put("command", command);
        data.set("machine", MAPPER.valueToTree(machine));
        data.set("rows", MAPPER.valueToTree(rows));
        return Page.of("bench", "Basin: times beside what the memory allows", data);
    }
}
