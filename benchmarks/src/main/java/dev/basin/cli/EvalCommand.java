package dev.basin.cli;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.spec.Layout;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code basin eval}: runs kernels on cases given as JSON lines, so that anyone's results can be held against Basin's. */
@Command(
        name = "eval",
        description = "Reads cases from standard input, one JSON object a line, and answers each with a line.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        footer = {
            "",
            "A case:    {\"id\":7,\"kernel\":\"cross_entropy\",\"inputs\":{\"logits\":{\"shape\":[1,2],\"data\":[0,1]},"
                    + "\"targets\":{\"shape\":[1],\"data\":[1]}},\"params\":{}}",
            "An answer: {\"id\":7,\"outputs\":{\"loss\":{\"shape\":[1],\"data\":[0.313261688]},...}}",
            "       or  {\"id\":7,\"error\":\"...\"}",
        })
final class EvalCommand implements Callable<Integer> {
    /** The names under which the double-precision reference may be asked for. */
    private static final Set<String> REFERENCE_NAMES = Set.of("reference", "java", "auto");

    /** How real numbers are stored. */
    enum RealType {
        f32,
        f64
    }

    @Spec
    private CommandSpec spec;

    @Option(names = "--backend", paramLabel = "NAME", description = "The backend to run on: auto, panama, javacpp, java or "
            + "reference. Default: auto.")
    private @Nullable String backend;

    @Option(names = "--threads", paramLabel = "N", description = "How many threads to use. Default: one a processor.")
    private @Nullable Integer threads;

    @Option(names = "--dtype", paramLabel = "TYPE", description = "f32, or f64 for the reference. Default: f32.")
    private RealType type = RealType.f32;

    @Override
    public Integer call() throws IOException {
        try (Basin basin = open()) {
            Layout layout = Layout.of(type == RealType.f64 ? DataType.F64 : DataType.F32);
            EvalSession session = new EvalSession(basin, layout);
            answer(session, new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
        }
        return 0;
    }

    /** Each answer is on its way before the next case is read: the other side may wait for it. */
    private void answer(EvalSession session, BufferedReader in) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            out.print(session.answer(line) + "\n");
            out.flush();
        }
    }

    private Basin open() {
        if (type == RealType.f32) {
            return BackendOptions.open(spec.commandLine(), backend, threads);
        }
        if (backend != null && !REFERENCE_NAMES.contains(backend)) {
            throw new ParameterException(
                    spec.commandLine(), "--dtype f64 is for --backend reference alone, got --backend " + backend);
        }
        return BackendOptions.open(spec.commandLine(), "reference", threads);
    }
}
