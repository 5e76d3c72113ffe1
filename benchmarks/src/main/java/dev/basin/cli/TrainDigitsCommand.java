package dev.basin.cli;

import dev.basin.Basin;
import dev.basin.demo.Digits;
import dev.basin.demo.DigitsTraining;
import dev.basin.demo.LearningRateSearch;
import dev.basin.demo.Recipe;
import dev.basin.demo.TrainingLoss;
import dev.basin.demo.TrainingOptimizer;
import dev.basin.demo.TrainingRun;
import dev.basin.report.Machine;
import dev.basin.report.TextTable;
import dev.basin.report.TrainingReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code basin train digits}: the demo. */
@Command(
        name = "digits",
        description = "Trains a small network on handwritten digits and reports how many unseen ones it tells right.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class)
final class TrainDigitsCommand implements Runnable {
    /** Few enough to run before every backend, enough for the JIT compiler to have seen the loops. */
    private static final int WARM_UP_EPOCHS = 5;

    private static final String EVERY = "all";

    @Spec
    private CommandSpec spec;

    @Mixin
    private BackendOptions backends = new BackendOptions();

    @Option(names = "--loss", paramLabel = "NAME", description = "A loss, or all; repeat it for more. "
            + "Default: cross-entropy. There are: ${COMPLETION-CANDIDATES}", completionCandidates = LossNames.class)
    private List<String> losses = List.of(TrainingLoss.ALL.getFirst().name());

    @Option(names = "--optimizer", paramLabel = "NAME", description = "An optimizer, or all, and SAF beside them; "
            + "repeat it for more. Default: adamw. There are: ${COMPLETION-CANDIDATES}", completionCandidates = OptimizerNames.class)
    private List<String> optimizers = List.of(TrainingOptimizer.ALL.getFirst().name());

    @Option(names = "--all", description = "Every loss with the default optimizer, every optimizer with the default loss.")
    private boolean all;

    @Option(names = "--search", description = "Looks for each optimizer's learning rate first, on a fifth of the digits to "
            + "learn from; those it has otherwise were found so.")
    private boolean search;

    @Option(names = "--epochs", paramLabel = "N", description = "How often each digit is seen. Default: ${DEFAULT-VALUE}")
    private int epochs = 40;

    @Option(names = "--seed", paramLabel = "S", description = "What split, weights and order follow from. "
            + "Default: ${DEFAULT-VALUE}")
    private long seed = 1;

    @Option(names = "--report", paramLabel = "FILE", description = "Where the report goes. Default: ${DEFAULT-VALUE}")
    private Path report = Path.of("digits.html");

    /** For the help. */
    static final class LossNames extends ArrayList<String> {
        private static final long serialVersionUID = 1L;

        LossNames() {
            super(TrainingLoss.ALL.stream().map(TrainingLoss::name).toList());
        }
    }

    /** For the help. */
    static final class OptimizerNames extends ArrayList<String> {
        private static final long serialVersionUID = 1L;

        OptimizerNames() {
            super(TrainingOptimizer.ALL.stream().map(TrainingOptimizer::name).toList());
        }
    }

    @Override
    public void run() {
        List<Recipe> recipes = new ArrayList<>(recipes());
        List<String> names = backends.names();
        if (epochs < 1) {
            throw new ParameterException(spec.commandLine(), "--epochs must be at least 1, got " + epochs);
        }
        Digits.Split digits = Digits.load().split(seed);
        print("%d digits to learn from, %d unseen ones to test with, seed %d, %d epochs",
                digits.training().count(), digits.test().count(), seed, epochs);
        if (search) {
            UnaryOperator<TrainingOptimizer> tuned = tunedOn(names.getFirst(), digits.training());
            recipes.replaceAll(recipe -> new Recipe(recipe.loss(), tuned.apply(recipe.optimizer())));
        }
        List<TrainingRun> runs = new ArrayList<>();
        for (String name : names) {
            try (Basin basin = backends.open(name)) {
                new DigitsTraining(basin, recipes.getFirst(), digits, seed).run(WARM_UP_EPOCHS, (epoch, measured) -> {});
                for (Recipe recipe : recipes) {
                    String title = "[%d/%d] %s: %s".formatted(runs.size() + 1, names.size() * recipes.size(), name, recipe);
                    runs.add(train(basin, recipe, digits, title));
                }
            }
        }
        print("%n%s", table(runs));
        print("Report: %s", written(runs, digits));
    }

    private TrainingRun train(Basin basin, Recipe recipe, Digits.Split digits, String title) {
        ProgressLines progress = new ProgressLines(spec.commandLine().getOut(), title, epochs);
        return new DigitsTraining(basin, recipe, digits, seed).run(epochs, progress);
    }

    private Path written(List<TrainingRun> runs, Digits.Split digits) {
        try {
            return new TrainingReport(runs, digits, seed, Machine.current()).write(report);
        } catch (IOException failed) {
            throw new UncheckedIOException("the report could not be written to " + report, failed);
        }
    }

    private static TextTable table(List<TrainingRun> runs) {
        TextTable table = new TextTable()
                .header("backend", "loss", "optimizer", "test accuracy", "test loss", "time", "a step", "in kernels", "state",
                        "weights");
        for (TrainingRun run : runs) {
            table.row(run.backend(), run.recipe().loss().title(), run.recipe().optimizer().title(),
                    format("%.1f %%", 100 * run.testAccuracy()), format("%.3f", run.testLoss()), format("%.2f s", run.seconds()),
                    format("%.0f us", 1e6 * run.secondsPerStep()), format("%.0f %%", 100 * run.kernelShare()),
                    format("%.1f B", run.stateBytes()), run.checksum());
        }
        return table;
    }

    /** The optimizers with the learning rates found, each looked for once. */
    private UnaryOperator<TrainingOptimizer> tunedOn(String backend, Digits training) {
        Map<String, TrainingOptimizer> found = new HashMap<>();
        return optimizer -> found.computeIfAbsent(optimizer.name(), name -> {
            try (Basin basin = backends.open(backend)) {
                TrainingOptimizer tuned = new LearningRateSearch(basin, training, epochs, seed).tuned(optimizer);
                print("learning rate of %s: %s", optimizer.title(), tuned.learningRate());
                return tuned;
            }
        });
    }

    private List<Recipe> recipes() {
        List<Recipe> recipes = new ArrayList<>(all ? Recipe.all() : Recipe.product(
                chosen("Loss", losses, TrainingLoss.ALL, TrainingLoss::name),
                chosen("Optimizer", optimizers, TrainingOptimizer.ALL, TrainingOptimizer::name)));
        if (optimizers.contains(EVERY)) {
            recipes.add(Recipe.trajectory());
        }
        return recipes.stream().distinct().toList();
    }

    private <T> List<T> chosen(String what, List<String> names, List<T> known, Function<T, String> nameOf) {
        return names.contains(EVERY) ? known : names.stream().map(name -> named(what, name, known, nameOf)).toList();
    }

    private <T> T named(String what, String name, List<T> known, Function<T, String> nameOf) {
        return known.stream().filter(one -> nameOf.apply(one).equals(name)).findFirst()
                .orElseThrow(() -> new ParameterException(spec.commandLine(),
                        what + " must be one of " + String.join(", ", known.stream().map(nameOf).toList()) + ", got " + name));
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
