package dev.basin.report;

import java.util.ArrayList;
import java.util.List;

/** Columns of text, each as wide as its widest cell; the last one may be as long as it likes. */
public final class TextTable {
    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();
    private boolean underlined;

    /** The first row, with a line under it. */
    public TextTable header(String... cells) {
        underlined = true;
        return row(cells);
    }

    public TextTable row(String... cells) {
        rows.add(List.of(cells));
        return this;
    }

    @Override
    public String toString() {
        int[] widths = widths();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < rows.size(); i++) {
            append(text, rows.get(i), widths);
            if (i == 0 && underlined) {
                append(text, rules(widths), widths);
            }
        }
        return text.toString();
    }

    private int[] widths() {
        int columns = rows.stream().mapToInt(List::size).max().orElse(0);
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        return widths;
    }

    private static List<String> rules(int[] widths) {
        return java.util.Arrays.stream(widths).mapToObj("-"::repeat).toList();
    }

    private static void append(StringBuilder text, List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            line.append(cells.get(i)).append(" ".repeat(widths[i] - cells.get(i).length())).append(GAP);
        }
        text.append(line.toString().stripTrailing()).append(System.lineSeparator());
    }
}
