package dev.basin.binding;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A second JVM with the class path of this one. */
public final class ForkedJvm {
    private final Process process;

    private ForkedJvm(Process process) {
        this.process = process;
    }

    /** Starts the main method of a class with these options. */
    public static ForkedJvm start(Class<?> main, List<String> options, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1",
                "-cp", System.getProperty("java.class.path")));
        command.addAll(options);
        command.add(main.getName());
        command.addAll(List.of(arguments));
        return new ForkedJvm(new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    /** Waits for its end and gives what it printed. */
    public String output() throws IOException, InterruptedException {
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes()).strip();
        process.waitFor();
        return output;
    }
}
