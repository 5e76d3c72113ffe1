package dev.basin.demo.language;

import java.util.List;
import java.util.Map;

/**
 * Words with those before them in their verse, all as numbers.
 *
 * @param contexts {@code [count, CONTEXT]}, the nearest word last; before the first word of a verse stands a number that no word has
 * @param words {@code [count]}
 */
public record Examples(int[] contexts, int[] words) {
    /** How many words before a word are looked at. */
    public static final int CONTEXT = 4;

    public int count() {
        return words.length;
    }

    /** Every word of these verses. */
    static Examples of(List<List<String>> verses, Map<String, Integer> numbers) {
        int count = verses.stream().mapToInt(List::size).sum();
        int[] contexts = new int[count * CONTEXT];
        int[] words = new int[count];
        int beforeVerse = numbers.size();
        int row = 0;
        for (List<String> verse : verses) {
            for (int i = 0; i < verse.size(); i++, row++) {
                words[row] = numbers.get(verse.get(i));
                for (int j = 0; j < CONTEXT; j++) {
                    int at = i - CONTEXT + j;
                    contexts[row * CONTEXT + j] = at < 0 ? beforeVerse : numbers.get(verse.get(at));
                }
            }
        }
        return new Examples(contexts, words);
    }
}
