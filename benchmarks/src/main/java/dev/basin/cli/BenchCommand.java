package dev.basin.cli;

import dev.basin.Basin;
import dev.basin.Candidate;
import dev.basin.DataType;
import dev.basin.bench.Bench;
import dev.basin.bench.BenchRow;
import dev.basin.bench.BenchShape;
import dev.basin.peers.PeerFigure;
import dev.basin.report.BenchReport;
import dev.basin.report.Machine;
import dev.basin.report.TextTable;
import dev.basin.spec.Spec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code basin bench}: times kernels beside what the memory allows. */
@Command(
        name = "bench",
        description = "Times every kernel and, in turn with it, as many streams of the same size without arithmetic.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class)
final class BenchCommand implements Callable<Integer> {
    private static final String CUDA = "cuda";

    /** The backends that an instruction set makes a difference to. */
    private static final Set<String> NATIVE = Set.of("panama", "javacpp");

    @picocli.CommandLine.Spec
    private CommandSpec command;

    @Mixin
    private KernelOptions kernels = new KernelOptions();

    @Option(names = "--backend", paramLabel = "NAME", description = "A backend to time; repeat it for more. "
            + "Default: every one of the processor's that can be loaded here, or with --quick the one that auto takes.")
    private List<String> backends = List.of();

    @Option(names = "--threads", paramLabel = "N", description = "How many threads of the processor to use; repeat it for more. "
            + "Default: one, and one a processor; with --quick the latter.")
    private List<Integer> threads = List.of();

    @Option(names = "--shape", paramLabel = "S", description = "Sizes by dimension, such as rows=256,classes=50257; repeat it for more. "
            + "Kernels with other dimensions are passed over.")
    private List<String> shapes = List.of();

    @Option(names = "--dtype", paramLabel = "T", description = "How tensors are stored: f32 or bf16; repeat it for more. "
            + "Default: both, with --quick f32.")
    private List<String> types = List.of();

    @Option(names = "--isa", paramLabel = "I", description = "An instruction set to time native backends on, in a process of its own; "
            + "repeat it for more. Default: the best that this processor has.")
    private List<String> isas = List.of();

    @Option(names = "--quick", description = "One shape, backend and number of threads a kernel, all in a minute.")
    private boolean quick;

    @Option(names = "--json", description = "Prints one JSON object a line instead of a table.")
    private boolean json;

    @Option(names = "--report", paramLabel = "FILE", description = "Writes a page with charts, which needs nothing beside it.")
    private @Nullable Path report;

    @Option(names = "--peers", paramLabel = "FILE", description = "Figures of others for the report's page, as mvn -q -Ppeers leaves them "
            + "in benchmarks/target/peers; repeat it for more.")
    private List<Path> peers = List.of();

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<PeerFigure> figures = new ArrayList<>();
        for (Path file : peers) {
            figures.addAll(PeerFigure.read(file));
        }
        List<BenchRow> rows = isas.isEmpty() ? run() : runOnEach();
        if (!json) {
            print(table(rows));
        }
        if (report != null) {
            Path written = new BenchReport(rows, figures, commandLine(), Machine.current()).write(report);
            command.commandLine().getErr().println("report: " + written);
        }
        return 0;
    }

    private List<BenchRow> run() {
        List<Bench> benches = new ArrayList<>();
        List<Basin> opened = new ArrayList<>();
        List<BenchRow> rows = new ArrayList<>();
        try {
            List<Basin> timed = new ArrayList<>();
            List<Basin> ceilings = new ArrayList<>();
            open(opened, timed, ceilings);
            openDevice(opened, timed, ceilings);
            for (Spec spec : kernels.specs()) {
                for (BenchShape shape : shapes(spec)) {
                    types(spec).forEach(type -> benches.add(new Bench(spec, shape, type, timed, ceilings, quick)));
                }
            }
            for (int i = 0; i < benches.size(); i++) {
                progress(i + 1, benches.size(), benches.get(i));
                keep(benches.get(i).run(), rows);
            }
        } finally {
            opened.forEach(Basin::close);
        }
        return rows;
    }

    /** Each in a process of its own, since a library has one instruction set at a time; what has none is timed in the first. */
    private List<BenchRow> runOnEach() throws IOException, InterruptedException {
        List<String> names = names(available());
        List<BenchRow> rows = new ArrayList<>();
        for (String isa : isas) {
            List<String> timed = names.stream().filter(name -> rows.isEmpty() || NATIVE.contains(name)).toList();
            if (!timed.isEmpty()) {
                keep(InstructionSetRun.of(isa, arguments(timed)), rows);
            }
        }
        return rows;
    }

    private List<String> arguments(List<String> timed) {
        List<String> arguments = new ArrayList<>(List.of("bench", "--json"));
        arguments.addAll(kernels.arguments());
        timed.forEach(backend -> arguments.addAll(List.of("--backend", backend)));
        threads.forEach(count -> arguments.addAll(List.of("--threads", count.toString())));
        shapes.forEach(shape -> arguments.addAll(List.of("--shape", shape)));
        types.forEach(type -> arguments.addAll(List.of("--dtype", type)));
        if (quick) {
            arguments.add("--quick");
        }
        return arguments;
    }

    private void keep(List<BenchRow> more, List<BenchRow> rows) {
        rows.addAll(more);
        if (json) {
            more.forEach(row -> print(BenchLine.of(row)));
        }
    }

    private String commandLine() {
        return "basin " + String.join(" ", command.commandLine().getParseResult().originalArgs());
    }

    private void open(List<Basin> opened, List<Basin> timed, List<Basin> ceilings) {
        int all = Runtime.getRuntime().availableProcessors();
        List<Integer> counts = !threads.isEmpty() ? threads
                : quick ? List.of(all) : Stream.of(1, all).distinct().toList();
        List<String> available = available();
        List<String> names = names(available).stream().filter(name -> !name.equals(CUDA)).toList();
        for (int count : names.isEmpty() ? List.<Integer>of() : counts) {
            // The first is the fastest that can be loaded.
            Basin ceiling = opened(available.getFirst(), count, opened);
            for (String name : names) {
                timed.add(opened(name, count, opened));
                ceilings.add(ceiling);
            }
        }
    }

    /** Once, whatever the number of threads, and as its own ceiling. */
    private void openDevice(List<Basin> opened, List<Basin> timed, List<Basin> ceilings) {
        if (backends.contains(CUDA)) {
            Basin device = opened(CUDA, 1, opened);
            timed.add(device);
            ceilings.add(device);
        }
    }

    private Basin opened(String name, int count, List<Basin> opened) {
        Basin basin = BackendOptions.open(command.commandLine(), name, count);
        opened.add(basin);
        return basin;
    }

    private List<String> names(List<String> available) {
        if (!backends.isEmpty()) {
            return backends;
        }
        return quick ? List.of(available.getFirst()) : available;
    }

    private static List<String> available() {
        return Basin.probe().stream()
                .filter(Candidate::available)
                .map(Candidate::backend)
                .filter(name -> !name.equals(CUDA))
                .toList();
    }

    private List<BenchShape> shapes(Spec spec) {
        if (shapes.isEmpty()) {
            return quick ? BenchShape.quick(spec)
                    : backends.equals(List.of(CUDA)) ? BenchShape.onDevice(spec) : BenchShape.of(spec);
        }
        try {
            return shapes.stream().map(BenchShape::parse).filter(shape -> shape.fits(spec)).toList();
        } catch (IllegalArgumentException refused) {
            throw new ParameterException(command.commandLine(), "--" + refused.getMessage(), refused);
        }
    }

    private List<DataType> types(Spec spec) {
        List<String> known = List.of("f32", "bf16");
        for (String type : types) {
            if (!known.contains(type)) {
                throw new ParameterException(command.commandLine(), "--dtype must be one of " + known + ", got " + type);
            }
        }
        return Stream.of(DataType.F32, DataType.BF16)
                .filter(type -> types.isEmpty() ? type == DataType.F32 || !quick : types.contains(type.label()))
                .filter(type -> type == DataType.F32 || spec.takes(type))
                .toList();
    }

    /** On standard error, so that figures stay alone on standard output. */
    private void progress(int number, int count, Bench bench) {
        PrintWriter err = command.commandLine().getErr();
        err.println("%d of %d: %s %s".formatted(number, count, bench.spec().name(), bench.type().label()));
        err.flush();
    }

    private String table(List<BenchRow> rows) {
        TextTable table = new TextTable().header(
                "kernel", "shape", "dtype", "backend", "threads", "us", "spread", "Gop/s", "MB", "GB/s", "ceiling", "share");
        for (BenchRow row : rows) {
            boolean moves = row.bytes() > 0;
            table.row(
                    row.kernel() + (row.part().isEmpty() ? "" : " " + row.part()), row.shape(), row.dtype(),
                    row.backend() + (isas.isEmpty() ? "" : ", " + row.isa()),
                    String.valueOf(row.threads()), number("%.1f", row.nanos() / 1e3), number("%.0f %%", 100 * row.spread()),
                    row.operations() > 0 ? number("%.1f", row.gigaOperationsPerSecond()) : "", number("%.2f", row.bytes() / 1e6), moves ? number("%.1f", row.gigabytesPerSecond()) : "",
                    moves ? number("%.1f", row.ceilingGigabytesPerSecond()) : "", moves ? number("%.0f %%", 100 * row.share()) : "");
        }
        Machine machine = Machine.current();
        return table.toString().stripTrailing() + System.lineSeparator() + machine.processor() + ", " + machine.processors()
                + " processors, " + rows.stream().map(BenchRow::isa).distinct().collect(Collectors.joining(", "));
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    private void print(String text) {
        PrintWriter out = command.commandLine().getOut();
        out.println(text);
        out.flush();
    }
}
