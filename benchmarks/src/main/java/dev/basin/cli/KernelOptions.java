package dev.basin.cli;

import dev.basin.spec.Specs;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The option of commands that go through the kernels, or through some of them. */
final class KernelOptions {
    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Option(names = "--kernel", paramLabel = "NAME", description = "A kernel to take; repeat it for more. Default: all.")
    private List<String> kernels = List.of();

    /** The specs of those asked for, or all; a name that is none is a mistake on the command line. */
    List<dev.basin.spec.Spec> specs() {
        List<String> known = Specs.all().stream().map(dev.basin.spec.Spec::name).toList();
        for (String kernel : kernels) {
            if (!known.contains(kernel)) {
                throw new ParameterException(
                        command.commandLine(), "Kernel must be one of " + String.join(", ", known) + ", got " + kernel);
            }
        }
        return Specs.all().stream().filter(spec -> kernels.isEmpty() || kernels.contains(spec.name())).toList();
    }

    /** The option as it was given, for another process. */
    List<String> arguments() {
        return kernels.stream().flatMap(kernel -> Stream.of("--kernel", kernel)).toList();
    }
}
