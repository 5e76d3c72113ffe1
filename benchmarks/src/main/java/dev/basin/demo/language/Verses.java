package dev.basin.demo.language;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/** The verses of the King James Bible, each as its words. */
public final class Verses {
    private static final String RESOURCE = "/dev/basin/demo/kjv.txt.gz";
    private static final Pattern WORD = Pattern.compile("[a-z]+(?:'[a-z]+)?");

    private Verses() {}

    /** All verses that ship with the demo, in the order of the text. */
    public static List<List<String>> load() {
        try (InputStream packed = Verses.class.getResourceAsStream(RESOURCE)) {
            if (packed == null) {
                throw new IllegalStateException("resource " + RESOURCE + " is missing from the jar");
            }
            var text = new InputStreamReader(new GZIPInputStream(packed), StandardCharsets.US_ASCII);
            return new BufferedReader(text).lines().map(Verses::words).toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Letters without capitals, with an apostrophe where one is inside; all else is between words. */
    static List<String> words(String verse) {
        return WORD.matcher(verse.toLowerCase(Locale.ROOT)).results().map(MatchResult::group).toList();
    }
}
