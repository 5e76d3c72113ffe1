package dev.basin.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.basin.bench.BenchRow;
import dev.basin.peers.PeerFigure;
import java.util.List;

/** A page about times: shares of the ceiling, backends and instruction sets side by side, what threads bring, peers, and every figure. */
public final class BenchReport extends Page {
    private final List<BenchRow> rows;
    private final List<PeerFigure> peers;
    private final String command;

    /**
     * @param peers what others took for the same work; may be empty
     * @param command what was run
     */
    public BenchReport(List<BenchRow> rows, List<PeerFigure> peers, String command, Machine machine) {
        super("bench", "Basin: times beside what the memory allows", machine);
        this.rows = List.copyOf(rows);
        this.peers = List.copyOf(peers);
        this.command = command;
    }

    @Override
    void describe(ObjectNode data) {
        data.put("command", command);
        data.set("rows", MAPPER.valueToTree(rows));
        data.set("peers", MAPPER.valueToTree(peers));
    }
}
