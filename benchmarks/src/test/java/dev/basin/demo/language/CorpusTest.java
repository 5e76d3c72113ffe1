package dev.basin.demo.language;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CorpusTest {
    @Test
    void wordsAreLettersWithApostrophesInside() {
        assertEquals(List.of("the", "lord's", "ways", "god", "ward", "and", "it", "was", "so"),
                Verses.words("  The LORD'S ways' (God-ward), and: it was so!"));
        assertEquals(List.of(), Verses.words(" - 12 "));
    }

    @Test
    void theTextIsAllThere() {
        List<List<String>> text = Verses.load();
        assertEquals(31_102, text.size());
        assertEquals("in the beginning god created the heaven and the earth", String.join(" ", text.getFirst()));
        assertEquals(790_000, text.stream().mapToInt(List::size).sum(), 5_000);
    }

    @Test
    void contextsEndBeforeTheWordAndBeginWithTheVerse() {
        List<List<String>> text = List.of(List.of("a", "b", "a", "c", "a", "b"), List.of("d", "b"));
        Corpus corpus = Corpus.of(text, 0, 2, 1);
        assertEquals(List.of("a", "b", "c", "d"), corpus.vocabulary());
        Examples training = corpus.training();
        assertEquals(8, training.count());
        int first = training.words()[0] == 0 ? 0 : 2; // the verses are shuffled
        assertArrayEquals(new int[] {0, 1, 0, 2, 0, 1}, Arrays.copyOfRange(training.words(), first, first + 6));
        assertArrayEquals(new int[] {4, 4, 4, 4, 4, 4, 4, 0, 4, 4, 0, 1, 4, 0, 1, 0, 0, 1, 0, 2, 1, 0, 2, 0},
                Arrays.copyOfRange(training.contexts(), 4 * first, 4 * first + 24));
    }

    @Test
    void heldOutVersesAreNeverLearntFrom() {
        List<List<String>> text = IntStream.range(0, 1000).mapToObj(verse -> List.of("verse" + verse, "and")).toList();
        Corpus corpus = Corpus.of(text, 100, 5000, 3);
        assertEquals(100, corpus.heldOutVerses());
        assertEquals(900, corpus.verses());
        Set<String> learnt = names(corpus, corpus.training());
        Set<String> heldOut = names(corpus, corpus.test());
        assertEquals(900, learnt.size());
        assertEquals(100, heldOut.size());
        assertTrue(learnt.stream().noneMatch(heldOut::contains));
        assertEquals("and", corpus.vocabulary().getFirst());
        assertEquals(1001, corpus.vocabulary().size());
        assertEquals(heldOut, new HashSet<>(corpus.vocabulary().subList(901, 1001)), "words that are not learnt from come last");
    }

    @Test
    void theSplitFollowsFromTheSeedAndNotFromHowMuchIsLearntFrom() {
        List<List<String>> text = IntStream.range(0, 100).mapToObj(verse -> List.of("verse" + verse)).toList();
        Set<String> heldOut = heldOut(text, 50, 1);
        assertEquals(heldOut, heldOut(text, 50, 1));
        assertEquals(heldOut, heldOut(text, 20, 1));
        assertFalse(heldOut.equals(heldOut(text, 50, 2)));
    }

    private static Set<String> heldOut(List<List<String>> text, int verses, long seed) {
        Corpus corpus = Corpus.of(new ArrayList<>(text), 10, verses, seed);
        return names(corpus, corpus.test());
    }

    private static Set<String> names(Corpus corpus, Examples examples) {
        Set<String> names = new HashSet<>();
        for (int word : examples.words()) {
            names.add(corpus.vocabulary().get(word));
        }
        names.remove("and");
        return names;
    }
}
