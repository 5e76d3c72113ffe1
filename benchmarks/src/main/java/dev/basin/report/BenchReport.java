package dev.basin.report;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.basin.bench.BenchRow;
import dev.basin.peers.PeerFigure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A page about times: shares of the ceiling, backends and instruction sets side by side, what threads bring, peers, and every figure. */
public final class BenchReport {
    private static final JsonMapper MAPPER = new JsonMapper();

    private final List<BenchRow> rows;
    private final List<PeerFigure> peers;
    private final String command;
    private final Machine machine;

    /**
     * @param peers what others took for the same work; may be empty
     * @param command what was run
     */
    public BenchReport(List<BenchRow> rows, List<PeerFigure> peers, String command, Machine machine) {
        this.rows = List.copyOf(rows);
        this.peers = List.copyOf(peers);
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
        data.set("peers", MAPPER.valueToTree(peers));
        return Page.of("bench", "Basin: times beside what the memory allows", data);
    }
}
