package dev.basin.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code basin train}: a demo for each data set. */
@Command(
        name = "train",
        description = "Trains a network through Basin's losses and optimizers.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        synopsisSubcommandLabel = "DATA",
        commandListHeading = "%nData:%n",
        subcommands = {TrainDigitsCommand.class, TrainGenesisCommand.class, TrainKjvCommand.class})
final class TrainCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing data to train on");
    }
}
