package dev.basin.cli;

import dev.basin.Basin;
import dev.basin.report.TextTable;
import dev.basin.spec.Spec;
import dev.basin.spec.Verification;
import dev.basin.spec.VerificationResult;
import java.io.PrintWriter;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** {@code basin verify}: holds every kernel of every backend against the reference. */
@Command(
        name = "verify",
        description = "Runs random and hard cases of every kernel on every backend and compares them with the reference.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class)
final class VerifyCommand implements Callable<Integer> {
    private static final MathContext ERROR_DIGITS = new MathContext(3);

    @picocli.CommandLine.Spec
    private CommandSpec command;

    @Mixin
    private BackendOptions backends = new BackendOptions();

    @Mixin
    private KernelOptions kernels = new KernelOptions();

    @Option(names = "--seed", paramLabel = "S", description = "What the random cases follow from. Default: another each time.")
    private @Nullable Long seed;

    @Option(names = "--case", paramLabel = "ID", description = "One case to run again, by the id that a failure gave.")
    private @Nullable String caseId;

    @Option(names = "--json", description = "Prints one JSON object a line instead of a table.")
    private boolean json;

    @Override
    public Integer call() {
        List<Spec> specs = kernels.specs();
        long start = seed == null ? ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE) : seed;
        List<String> names = backends.names();
        PrintWriter err = command.commandLine().getErr();
        err.println("seed " + start);
        err.flush();
        List<VerificationResult> results = new ArrayList<>();
        try (Basin reference = backends.open("reference")) {
            for (String name : names) {
                try (Basin basin = backends.open(name)) {
                    for (Spec spec : specs) {
                        results.add(verified(spec, basin, reference, start));
                    }
                }
            }
        }
        if (!json) {
            printTable(results);
        }
        results.forEach(result -> printFailures(result, start));
        return results.stream().allMatch(VerificationResult::ok) ? 0 : 1;
    }

    private VerificationResult verified(Spec spec, Basin basin, Basin reference, long start) {
        Verification verification = Verification.of(spec, basin, reference, start);
        VerificationResult result = caseId == null ? verification.run() : verification.run(caseId::equals);
        if (json) {
            print(line(result));
        }
        return result;
    }

    private static String line(VerificationResult result) {
        return AnswerWriter.object(fields -> {
            fields.writeStringField("backend", result.backend());
            fields.writeStringField("kernel", result.kernel());
            fields.writeBooleanField("ok", result.ok());
            fields.writeNumberField("cases", result.cases());
            fields.writeFieldName("max_error");
            AnswerWriter.writeReal(fields, result.maxError(), ERROR_DIGITS);
            fields.writeFieldName("tolerance");
            AnswerWriter.writeReal(fields, result.tolerance(), ERROR_DIGITS);
        });
    }

    private void printTable(List<VerificationResult> results) {
        TextTable table = new TextTable().header("backend", "kernel", "ok", "cases", "max error", "tolerance");
        for (VerificationResult result : results) {
            table.row(result.backend(), result.kernel(), result.ok() ? "yes" : "NO", String.valueOf(result.cases()),
                    scientific(result.maxError()), scientific(result.tolerance()));
        }
        print(table.toString().stripTrailing());
    }

    /** On standard error, so that JSON lines stay alone on standard output. */
    private void printFailures(VerificationResult result, long start) {
        PrintWriter err = command.commandLine().getErr();
        for (String failure : result.failures()) {
            err.println(result.backend() + " " + result.kernel() + ": " + failure);
        }
        if (!result.ok()) {
            err.println("  again: basin verify --backend " + result.backend() + " --kernel " + result.kernel()
                    + " --seed " + start + " --case ID");
        }
        err.flush();
    }

    private void print(String text) {
        PrintWriter out = command.commandLine().getOut();
        out.println(text);
        out.flush();
    }

    private static String scientific(double value) {
        return String.format(Locale.ROOT, "%.2e", value);
    }
}
