package dev.basin.cli;

import dev.basin.Basin;
import dev.basin.demo.decoder.ConversionDemo;
import dev.basin.demo.decoder.DecoderShape;
import dev.basin.norm.NormKind;
import dev.basin.report.TextTable;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code basin train genesis}: the demo of the conversion of norms. */
@Command(
        name = "genesis",
        description = "Trains a Pre-LN decoder on a little text, converts it to Pre-RMSNorm and to Pre-CRMSNorm, and compares "
                + "what they put out.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class)
final class TrainGenesisCommand implements Callable<Integer> {
    /** What the conversions may differ by in double and in float, as shares of the logits' standard deviation. */
    private static final double ALLOWED_DOUBLE = 1e-10;
    private static final double ALLOWED_FLOAT = 2e-5;

    private static final int FEWEST_STEPS = 10;

    @Spec
    private CommandSpec spec;

    @Mixin
    private BackendOptions backends = new BackendOptions();

    @Option(names = "--steps", paramLabel = "N", description = "How long to train. Default: ${DEFAULT-VALUE}")
    private int steps = 150;

    @Option(names = "--seed", paramLabel = "S", description = "What weights and passages follow from. Default: ${DEFAULT-VALUE}")
    private long seed = 1;

    @Override
    public Integer call() {
        if (steps < FEWEST_STEPS) {
            throw new ParameterException(spec.commandLine(), "--steps must be at least " + FEWEST_STEPS + ", got " + steps);
        }
        List<String> names = backends.names();
        try (Basin reference = backends.open("reference")) {
            ConversionDemo demo = new ConversionDemo(reference, seed);
            ConversionDemo.Losses losses = demo.train(steps);
            DecoderShape shape = demo.shape();
            print("A Pre-LN decoder of %d layers and width %d learns the first chapter of Genesis for %d steps: loss %.2f -> %.2f",
                    shape.layers(), shape.width(), steps, losses.first(), losses.last());
            print("Converted to Pre-RMSNorm by changing %d tensors, to Pre-CRMSNorm of width %d by changing %d",
                    demo.converted(NormKind.RMS_NORM).changes().size(), shape.width() - 1,
                    demo.converted(NormKind.CRMS_NORM).changes().size());
            return compare(demo, names);
        }
    }

    private int compare(ConversionDemo demo, List<String> names) {
        double deviation = demo.logitDeviation();
        TextTable table = new TextTable().header("arithmetic", "norms by", "Pre-RMSNorm", "Pre-CRMSNorm", "not recentred");
        boolean agree = add(table, "f64", "reference", demo.differences(), ALLOWED_DOUBLE * deviation);
        for (String name : names) {
            try (Basin basin = backends.open(name)) {
                agree &= add(table, "f32", name, demo.differences(basin), ALLOWED_FLOAT * deviation);
            }
        }
        print("Largest difference of logits, whose standard deviation is %.2f, from those of the Pre-LN network:%n%n%s",
                deviation, table);
        print(agree ? "The converted networks agree with the Pre-LN network." : "The converted networks do not agree.");
        return agree ? 0 : 1;
    }

    private static boolean add(
            TextTable table, String arithmetic, String backend, ConversionDemo.Differences differences, double allowed) {
        table.row(arithmetic, backend, format("%.1e", differences.preRmsNorm()), format("%.1e", differences.preCrmsNorm()),
                format("%.1e", differences.notRecentred()));
        return differences.ofConversions() <= allowed;
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
