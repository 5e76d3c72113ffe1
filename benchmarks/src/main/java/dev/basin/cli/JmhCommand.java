package dev.basin.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** {@code basin jmh ...}: the benchmarks, with JMH's own arguments. */
@Command(
        name = "jmh",
        description = "Runs the benchmarks; what follows are JMH's own arguments (jmh -h lists them, jmh -l the benchmarks).")
final class JmhCommand implements Runnable {
    @Unmatched
    private List<String> arguments = new ArrayList<>(); // picocli adds to it

    @Override
    public void run() {
        try {
            org.openjdk.jmh.Main.main(arguments.toArray(String[]::new));
        } catch (IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
    }
}
