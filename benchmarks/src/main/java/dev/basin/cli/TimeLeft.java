package dev.basin.cli;

import dev.basin.demo.language.LanguageRun;
import dev.basin.demo.language.LanguageTraining;
import java.io.PrintWriter;
import java.util.Locale;

/** Says how a training is getting on and how long it will go on, at most every two seconds; in plain lines, as {@link ProgressLines}. */
final class TimeLeft implements LanguageTraining.Progress {
    private static final long INTERVAL_NANOS = 2_000_000_000L;

    private final PrintWriter out;
    private final String title;
    private final int epochs;
    private final long begunNanos = System.nanoTime();
    private long lastNanos = begunNanos;

    TimeLeft(PrintWriter out, String title, int epochs) {
        this.out = out;
        this.title = title;
        this.epochs = epochs;
    }

    @Override
    public void advanced(int epoch, double done, double meanLoss) {
        long now = System.nanoTime();
        if (now - lastNanos >= INTERVAL_NANOS) {
            double left = (now - begunNanos) / 1e9 * (1 - done) / done;
            say("epoch %d of %d, %.0f %% done, loss %.4f, %s left", epoch, epochs, 100 * done, meanLoss, duration(left));
        }
    }

    @Override
    public void epochEnded(int epoch, LanguageRun.Epoch measured) {
        long now = System.nanoTime();
        if (epoch == epochs || now - lastNanos >= INTERVAL_NANOS) {
            String perplexity = Double.isNaN(measured.perplexity()) ? "" : format(", perplexity %.1f", measured.perplexity());
            say("epoch %d of %d, loss %.4f, held-out words: top 1 %.1f %%, top 10 %.1f %%%s",
                    epoch, epochs, measured.trainingLoss(), 100 * measured.top1(), 100 * measured.top10(), perplexity);
        }
    }

    static String duration(double seconds) {
        long whole = Math.round(seconds);
        return whole < 100 ? whole + " s" : whole < 6000 ? Math.round(seconds / 60) + " min" : format("%.1f h", seconds / 3600);
    }

    private void say(String format, Object... arguments) {
        lastNanos = System.nanoTime();
        out.println(title + ": " + format(format, arguments));
        out.flush();
    }

    private static String format(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
