package dev.basin.cli;

import dev.basin.Basin;
import dev.basin.demo.language.Corpus;
import dev.basin.demo.language.LanguageRun;
import dev.basin.demo.language.LanguageTraining;
import dev.basin.demo.language.OutputKind;
import dev.basin.demo.language.StepTimes;
import dev.basin.demo.language.Verses;
import dev.basin.report.LanguageReport;
import dev.basin.report.Machine;
import dev.basin.report.TextTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code basin train kjv}: the demo of output layers with many words. */
@Command(
        name = "kjv",
        description = "Trains a small language model on the King James Bible with three output layers, and reports how often they tell "
                + "the next word of unseen verses, and what a step takes by the number of words.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class)
final class TrainKjvCommand implements Runnable {
    /** Enough words for more than one batch. */
    private static final int FEWEST_VERSES = 10;

    /** How many words the time of a step is measured up to, unless more are asked for. */
    private static final int LARGEST_TIMED = 100_000;

    @Spec
    private CommandSpec spec;

    @Option(names = "--backend", paramLabel = "NAME", description = "The backend to run on: auto, panama, javacpp, java or "
            + "reference. Default: auto.")
    private @Nullable String backend;

    @Option(names = "--threads", paramLabel = "N", description = "How many threads to use. Default: one a processor.")
    private @Nullable Integer threads;

    @Option(names = "--layer", paramLabel = "NAME", description = "An output layer to train; repeat it for more. Default: every "
            + "one. There are: ${COMPLETION-CANDIDATES}", completionCandidates = LayerNames.class)
    private List<String> layers = OutputKind.ALL.stream().map(OutputKind::name).toList();

    @Option(names = "--vocabulary", paramLabel = "D", description = "How many words an output layer tells apart; those beyond the "
            + "text's own never occur. Default: the text's own.")
    private @Nullable Integer vocabulary;

    @Option(names = "--verses", paramLabel = "N", description = "How many verses to learn from. Default: ${DEFAULT-VALUE}")
    private int verses = 4000;

    @Option(names = "--epochs", paramLabel = "N", description = "How often each verse is seen. Default: ${DEFAULT-VALUE}")
    private int epochs = 3;

    @Option(names = "--seed", paramLabel = "S", description = "What verses, weights and order follow from. "
            + "Default: ${DEFAULT-VALUE}")
    private long seed = 1;

    @Option(names = "--timing", paramLabel = "SECONDS", description = "How long to time the steps of each layer, trained or not, for each "
            + "number of words, before training; 0 for not at all. Default: ${DEFAULT-VALUE}")
    private double timing = 0.5;

    @Option(names = "--search", description = "Tries every setting of the layers that the defaults were chosen among, instead of "
            + "training with those; writes no report.")
    private boolean search;

    @Option(names = "--report", paramLabel = "FILE", description = "Where the report goes. Default: ${DEFAULT-VALUE}")
    private Path report = Path.of("kjv.html");

    /** For the help. */
    static final class LayerNames extends ArrayList<String> {
        private static final long serialVersionUID = 1L;

        LayerNames() {
            super(OutputKind.ALL.stream().map(OutputKind::name).toList());
        }
    }

    @Override
    public void run() {
        layers.forEach(this::requireLayer);
        requireAtLeast("--verses", FEWEST_VERSES, verses);
        requireAtLeast("--epochs", 1, epochs);
        try (Basin basin = BackendOptions.open(spec.commandLine(), backend, threads)) {
            Corpus corpus = Corpus.of(Verses.load(), Corpus.HELD_OUT, verses, seed);
            int words = vocabulary == null ? corpus.vocabulary().size() : vocabulary;
            requireAtLeast("--vocabulary", corpus.vocabulary().size(), words);
            print("%,d verses to learn from (%,d words), %,d held out (%,d words), %,d different words of %,d told apart, seed %d, %s",
                    corpus.verses(), corpus.training().count(), corpus.heldOutVerses(), corpus.test().count(),
                    corpus.vocabulary().size(), words, seed, basin.backend());
            List<StepTimes.Point> times = search || !(timing > 0) ? List.of() : times(basin, corpus, words);
            List<LanguageRun> runs = train(basin, corpus, words);
            print("%n%s", table(runs));
            if (!search) {
                print("Report: %s", written(runs, times, corpus));
            }
        }
    }

    private List<StepTimes.Point> times(Basin basin, Corpus corpus, int words) {
        StepTimes steps = new StepTimes(basin, corpus.training(), seed, timing);
        List<StepTimes.Point> times = new ArrayList<>();
        int[] sizes = StepTimes.sizes(corpus.vocabulary().size(), Math.max(words, LARGEST_TIMED));
        OutputKind.ALL.forEach(kind -> steps.warmUp(kind, sizes[0]));
        for (int size : sizes) {
            StringBuilder line = new StringBuilder(format("a step with %,d words:", size));
            for (OutputKind kind : OutputKind.ALL) {
                StepTimes.Point point = steps.measure(kind, size);
                times.add(point);
                line.append(format("  %s %.2f ms", kind.name(), 1e3 * point.seconds()));
                if (point.stabilizationSeconds() > 0) {
                    line.append(format(" + %.2f ms", 1e3 * point.stabilizationSeconds()));
                }
            }
            print("%s", line);
        }
        return times;
    }

    private List<LanguageRun> train(Basin basin, Corpus corpus, int words) {
        List<OutputKind> kinds = chosen(search ? OutputKind.GRID : OutputKind.ALL);
        List<LanguageRun> runs = new ArrayList<>();
        for (OutputKind kind : kinds) {
            String title = format("[%d/%d] %s", runs.size() + 1, kinds.size(), kind.title());
            LanguageTraining training = new LanguageTraining(basin, kind, corpus, words, seed);
            runs.add(training.run(epochs, new TimeLeft(spec.commandLine().getOut(), title, epochs)));
        }
        return runs;
    }

    private List<OutputKind> chosen(List<OutputKind> kinds) {
        return kinds.stream().filter(kind -> layers.contains(kind.name())).toList();
    }

    private Path written(List<LanguageRun> runs, List<StepTimes.Point> times, Corpus corpus) {
        try {
            return new LanguageReport(runs, times, corpus, seed, Machine.current()).write(report);
        } catch (IOException failed) {
            throw new UncheckedIOException("the report could not be written to " + report, failed);
        }
    }

    private static TextTable table(List<LanguageRun> runs) {
        TextTable table = new TextTable().header("output layer", "rates", "epoch", "in the layer", "stabilising", "top 1", "top 10", "perplexity",
                "kept", "allocated a step", "setting");
        for (LanguageRun run : runs) {
            LanguageRun.Epoch last = run.epochs().getLast();
            table.row(run.kind().title(), format("%.0f, %.3f", run.kind().learningRate(), run.kind().encoderRate()),
                    format("%.2f s", run.secondsPerEpoch()), format("%.2f s", run.outputSecondsPerEpoch()),
                    run.stabilizationNanos() == 0 ? "" : format("%.2f s", run.stabilizationSecondsPerEpoch()),
                    format("%.1f %%", 100 * last.top1()), format("%.1f %%", 100 * last.top10()),
                    Double.isNaN(last.perplexity()) ? "none" : format("%.1f", last.perplexity()),
                    format("%.1f MB", run.keptBytes() / 1e6), format("%.1f MB", run.allocatedBytes() / 1e6),
                    run.kind().setting());
        }
        return table;
    }

    private void requireLayer(String name) {
        if (OutputKind.ALL.stream().noneMatch(kind -> kind.name().equals(name))) {
            throw new ParameterException(spec.commandLine(), "--layer must be one of "
                    + String.join(", ", OutputKind.ALL.stream().map(OutputKind::name).toList()) + ", got " + name);
        }
    }

    private void requireAtLeast(String option, int least, int value) {
        if (value < least) {
            throw new ParameterException(spec.commandLine(), option + " must be at least " + least + ", got " + value);
        }
    }

    private void print(String format, Object... arguments) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(format(format, arguments));
        out.flush();
    }

    private static String format(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
