package dev.basin.peers;

import dev.basin.report.Machine;
import java.util.Locale;

/** Prints contests as a table in Markdown, as they are run. */
public final class PeerTable {
    private final boolean quick;

    /** Prints the head, with the machine above it. */
    public PeerTable(boolean quick) {
        this.quick = quick;
        System.out.println(Machine.current());
        System.out.println();
        System.out.println("| work | shape | threads | who | ms | times Basin's | allowed |");
        System.out.println("|---|---|---|---|---|---|---|");
    }

    /** Runs one and prints its lines. */
    public void add(Contest contest, int threads) {
        for (Contest.Row row : contest.run(threads, quick)) {
            System.out.printf(Locale.ROOT, "| %s | %s | %d | %s | %.3f ± %.0f %% | %.2f | %s |%n", row.work(), row.shape(),
                    row.threads(), row.contender().name(), row.time().nanos() / 1e6, row.time().spread() * 100, row.ratio(),
                    row.contender().allowed());
        }
    }
}
