package dev.basin.demo.language;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A text to learn from, and verses of it that are held out.
 *
 * @param vocabulary every word of the text, held out or not; its place is its number. The most frequent of the verses to learn from come
 *     first, equals by the alphabet
 * @param verses how many verses are learnt from
 * @param heldOutVerses how many are only tested with
 */
public record Corpus(List<String> vocabulary, int verses, int heldOutVerses, Examples training, Examples test) {
    /** Verses to test with: about ten thousand words, so that an accuracy of 20 % has a standard error of 0.4 %. */
    public static final int HELD_OUT = 400;

    /**
     * Draws the verses to hold out, then those to learn from out of the others.
     *
     * @param count how many to learn from, or all that are left if there are fewer
     */
    public static Corpus of(List<List<String>> text, int heldOut, int count, long seed) {
        List<List<String>> shuffled = new ArrayList<>(text);
        Collections.shuffle(shuffled, new Random(seed));
        int held = Math.min(heldOut, text.size());
        List<List<String>> test = shuffled.subList(0, held);
        List<List<String>> training = shuffled.subList(held, (int) Math.min(text.size(), (long) held + count));
        List<String> vocabulary = vocabulary(text, training);
        Map<String, Integer> numbers = new HashMap<>();
        vocabulary.forEach(word -> numbers.put(word, numbers.size()));
        return new Corpus(vocabulary, training.size(), held, Examples.of(training, numbers), Examples.of(test, numbers));
    }

    private static List<String> vocabulary(List<List<String>> text, List<List<String>> training) {
        Map<String, Integer> counts = new HashMap<>();
        training.forEach(verse -> verse.forEach(word -> counts.merge(word, 1, Integer::sum)));
        Set<String> words = new HashSet<>();
        text.forEach(words::addAll);
        return words.stream()
                .sorted(Comparator.comparingInt((String word) -> -counts.getOrDefault(word, 0)).thenComparing(Comparator.naturalOrder()))
                .toList();
    }
}
