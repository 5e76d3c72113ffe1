package dev.basin.cli;

import dev.basin.BackendException;
import dev.basin.bench.BenchRow;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A process of this program under {@code basin.isa}, whose figures this one gathers. */
final class InstructionSetRun {
    /** Compiled before this class, and for an older Java; it gives its process the flags that Basin needs. */
    private static final String LAUNCHER = "dev.basin.launcher.Launcher";

    private static final String LAUNCHER_PROPERTIES = "basin.launcher.";

    private InstructionSetRun() {}

    /** @param arguments of a command that prints figures as {@link BenchLine}s */
    static List<BenchRow> of(String isa, List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith("basin.") && !name.startsWith(LAUNCHER_PROPERTIES))
                .forEach(name -> command.add("-D" + name + "=" + System.getProperty(name)));
        command.addAll(List.of("-Dbasin.isa=" + isa, "-cp", System.getProperty("java.class.path"), LAUNCHER));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
        List<BenchRow> rows = new ArrayList<>();
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                rows.add(BenchLine.parse(line));
            }
        }
        int code = process.waitFor();
        if (code != 0) {
            throw new BackendException("the run on " + isa + " ended with code " + code);
        }
        return rows;
    }
}
