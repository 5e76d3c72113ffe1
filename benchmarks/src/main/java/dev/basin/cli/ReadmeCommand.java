package dev.basin.cli;

import dev.basin.report.ReadmeTables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code basin readme}: for those who add kernels. */
@Command(
        name = "readme",
        description = "Writes the tables of the README anew, from the specs.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class)
final class ReadmeCommand implements Runnable {
    @Parameters(arity = "0..1", paramLabel = "FILE", description = "Which file. Default: ${DEFAULT-VALUE}")
    private Path file = Path.of("README.md");

    @Override
    public void run() {
        try {
            Files.writeString(file, ReadmeTables.current().rewrite(Files.readString(file)));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
