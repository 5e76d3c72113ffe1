package dev.basin.cli;

import dev.basin.demo.DigitsTraining;
import dev.basin.demo.TrainingRun;
import java.io.PrintWriter;
import java.util.Locale;

/** Says how a training is getting on, at most once a second and at its end; in plain lines, since there may be no console. */
final class ProgressLines implements DigitsTraining.Progress {
    private static final long INTERVAL_NANOS = 1_000_000_000L;

    private final PrintWriter out;
    private final String title;
    private final int epochs;
    private long lastNanos = System.nanoTime();

    ProgressLines(PrintWriter out, String title, int epochs) {
        this.out = out;
        this.title = title;
        this.epochs = epochs;
    }

    @Override
    public void epochEnded(int epoch, TrainingRun.Epoch measured) {
        long now = System.nanoTime();
        if (epoch < epochs && now - lastNanos < INTERVAL_NANOS) {
            return;
        }
        lastNanos = now;
        out.println(String.format(Locale.ROOT, "%s: epoch %d of %d, loss %.4f, test accuracy %.1f %%",
                title, epoch, epochs, measured.trainingLoss(), 100 * measured.testAccuracy()));
        out.flush();
    }
}
