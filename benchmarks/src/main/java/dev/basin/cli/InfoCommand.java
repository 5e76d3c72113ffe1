package dev.basin.cli;

import dev.basin.Basin;
import dev.basin.Candidate;
import dev.basin.report.Machine;
import dev.basin.report.TextTable;
import dev.basin.spec.Specs;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code basin info}: what would run here, and why not what would not. */
@Command(
        name = "info",
        description = "Shows the version, the machine, and each backend: loaded, or why not.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class)
final class InfoCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        Machine machine = Machine.current();
        try (Basin basin = BackendOptions.open(spec.commandLine(), null, null)) {
            TextTable facts = new TextTable()
                    .row("basin", VersionProvider.version())
                    .row("jdk", machine.jdk())
                    .row("system", machine.system())
                    .row("processor", machine.processor())
                    .row("instruction set", basin.isa())
                    .row("threads", basin.threads() + " of " + machine.processors() + " processors")
                    .row("backend", basin.backend())
                    .row("library", basin.origin())
                    .row("matrix products", basin.gemm().description())
                    .row("kernels", String.join(", ", kernels()));
            out.print(facts);
            out.println();
            out.print(backends());
        }
        out.flush();
    }

    private static TextTable backends() {
        TextTable table = new TextTable().header("backend", "available", "detail");
        for (Candidate candidate : Basin.probe()) {
            table.row(candidate.backend(), candidate.available() ? "yes" : "no", candidate.detail());
        }
        return table;
    }

    private static List<String> kernels() {
        return Specs.all().stream().map(dev.basin.spec.Spec::name).toList();
    }
}
