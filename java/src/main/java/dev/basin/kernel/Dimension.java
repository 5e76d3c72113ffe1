package dev.basin.kernel;

/**
 * A dimension as a tensor's annotation writes it: the name of an extent, a number, or the sum of both as in {@code "width+1"}.
 *
 * @param extent its name, empty for a number alone
 * @param constant what is added to the extent
 */
public record Dimension(String extent, long constant) {
    /** Reads the annotation's text. */
    public static Dimension parse(String text) {
        if (Character.isDigit(text.charAt(0))) {
            return new Dimension("", Long.parseLong(text));
        }
        int plus = text.indexOf('+');
        return plus < 0
                ? new Dimension(text, 0)
                : new Dimension(text.substring(0, plus), Long.parseLong(text.substring(plus + 1)));
    }
}
