package dev.basin.peers;

import dev.basin.report.Machine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Prints contests as a table in Markdown, as they are run, and keeps their figures in a file. */
public final class PeerTable {
    private static final String FIGURES = "--figures=";

    private final boolean quick;
    private final @Nullable Path figures;

    /**
     * Prints the head, with the machine above it.
     *
     * @param arguments {@code --quick} to time less carefully, {@code --figures=FILE} for a file of lines of JSON
     */
    public PeerTable(String... arguments) {
        this.quick = List.of(arguments).contains("--quick");
        this.figures = List.of(arguments).stream()
                .filter(argument -> argument.startsWith(FIGURES))
                .map(argument -> Path.of(argument.substring(FIGURES.length())))
                .findFirst().orElse(null);
        if (figures != null) {
            makeEmpty(figures);
        }
        System.out.println(Machine.current());
        System.out.println();
        System.out.println("| work | shape | threads | who | ms | times Basin's | allowed |");
        System.out.println("|---|---|---|---|---|---|---|");
    }

    /** Runs one and prints its lines. */
    public void add(Contest contest, int threads) {
        for (PeerFigure figure : contest.run(threads, quick)) {
            System.out.printf(Locale.ROOT, "| %s | %s | %d | %s | %.3f \u00b1 %.0f %% | %.2f | %s |%n", figure.work(), figure.shape(),
                    figure.threads(), figure.contender(), figure.nanos() / 1e6, figure.spread() * 100, figure.ratio(),
                    figure.allowed());
            append(figure);
        }
    }

    private void append(PeerFigure figure) {
        if (figures == null) {
            return;
        }
        try {
            Files.writeString(figures, figure.line() + "\n", StandardOpenOption.APPEND);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void makeEmpty(Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, "");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
