package dev.basin.cli;

import dev.basin.Basin;
import dev.basin.Candidate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options of commands that run on several backends, one after the other. */
final class BackendOptions {
    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Option(names = "--backend", paramLabel = "NAME", description = "A backend to use: panama, javacpp, java or reference; "
            + "repeat it for more. Default: every one of the first three that can be loaded here.")
    private List<String> backends = List.of();

    @Option(names = "--threads", paramLabel = "N", description = "How many threads to use. Default: one a processor.")
    private @Nullable Integer threads;

    /** The backends asked for, or all that are available; one that cannot be used is told at once, not when its turn comes. */
    List<String> names() {
        if (backends.isEmpty()) {
            return Basin.probe().stream().filter(Candidate::available).map(Candidate::backend).toList();
        }
        backends.forEach(name -> open(name).close());
        return backends;
    }

    /** Opens one of them. */
    Basin open(String backend) {
        return open(command.commandLine(), backend, threads);
    }

    /** Opens a backend, or that of the system properties; what the library refuses is a mistake on the command line. */
    static Basin open(CommandLine command, @Nullable String backend, @Nullable Integer threads) {
        try {
            Basin.Options options = Basin.Options.defaults();
            options = backend == null ? options : options.backend(backend);
            return Basin.open(threads == null ? options : options.threads(threads));
        } catch (IllegalArgumentException refused) {
            throw new ParameterException(command, refused.getMessage(), refused);
        }
    }
}
