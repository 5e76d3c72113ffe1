package dev.basin.report;

import dev.basin.spec.Spec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A paper of the catalogue.
 *
 * @param page its page, as specs name it
 * @param offer what is taken from it
 * @param kernels what its page defines
 */
record Paper(String page, String title, String offer, List<String> kernels) {
    private static final String RESOURCE = "papers.tsv";

    /** Every one, by number. */
    static List<Paper> all() {
        try (InputStream in = Paper.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("resource " + RESOURCE + " is missing from the jar");
            }
            var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            return lines.lines().skip(1).map(Paper::parse).toList(); // column names
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Its number, two digits. */
    String number() {
        return page.substring(0, 2);
    }

    /** How many of its kernels there are. */
    long count(List<Spec> specs) {
        return specs.stream().filter(spec -> spec.page().equals(page) && kernels.contains(spec.name())).count();
    }

    private static Paper parse(String line) {
        String[] cells = line.split("\t");
        return new Paper(cells[0], cells[1], cells[2], List.of(cells[3].split(" ")));
    }
}
