package dev.basin.cli;

import dev.basin.BackendException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code basin}: the command that the others hang on. */
@Command(
        name = "basin",
        description = "Training kernels for the JVM: look at them, check them, call them, train with them.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it worked",
            "1:it did not: a backend that cannot be loaded, or results that disagree",
            "2:the command line is wrong"
        },
        footer = "%nbasin COMMAND --help says more of a command.",
        subcommands = {InfoCommand.class, VerifyCommand.class, BenchCommand.class, EvalCommand.class, TrainCommand.class, JmhCommand.class,
            ReadmeCommand.class})
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec;

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The whole command line; tests give it their own streams. */
    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(Main::failed);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }

    /** A sentence for what a user can mend; the whole trace for what only we can. */
    private static int failed(Exception exception, CommandLine command, CommandLine.ParseResult parsed) throws Exception {
        if (exception instanceof BackendException) {
            PrintWriter err = command.getErr();
            err.println("basin: " + exception.getMessage());
            err.flush();
            return CommandLine.ExitCode.SOFTWARE;
        }
        throw exception;
    }
}
