package dev.basin.demo.decoder;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Random;

/** The first chapter of Genesis as a sequence of characters without capitals. */
final class Genesis {
    private static final String RESOURCE = "genesis-1.txt";

    private final int[] ids;
    private final int vocabulary;

    private Genesis(String text) {
        int[] characters = text.chars().distinct().sorted().toArray();
        this.vocabulary = characters.length;
        this.ids = text.chars().map(character -> java.util.Arrays.binarySearch(characters, character)).toArray();
    }

    /** Sequences one after the other, and after each of their characters the next. */
    record Batch(int[] ids, int[] successors) {}

    static Genesis load() {
        try (InputStream text = Genesis.class.getResourceAsStream(RESOURCE)) {
            if (text == null) {
                throw new IllegalStateException("resource " + RESOURCE + " is missing from the jar");
            }
            return new Genesis(new String(text.readAllBytes(), StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** How many different characters there are. */
    int vocabulary() {
        return vocabulary;
    }

    /** Passages that begin anywhere. */
    Batch batch(Random random, int sequences, int time) {
        int[] passages = new int[sequences * time];
        int[] successors = new int[passages.length];
        for (int first = 0; first < passages.length; first += time) {
            int begin = random.nextInt(ids.length - time);
            System.arraycopy(ids, begin, passages, first, time);
            System.arraycopy(ids, begin + 1, successors, first, time);
        }
        return new Batch(passages, successors);
    }
}
