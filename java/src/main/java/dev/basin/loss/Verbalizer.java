package dev.basin.loss;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.function.LongUnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Classification by the words that a language model would put at a mask: the head of Model-tuning Via Prompts (Raman, Maini, Kolter, Lipton
 * and Pruthi, Model-tuning Via Prompts Makes NLP Models Adversarially Robust, EMNLP 2023, arXiv 2303.07320).
 *
 * <p>Each class has label words; a class's logit is the largest (or the mean) of its words' logits at each template, and the mean (or the
 * largest) of that over the templates of an example. The loss is the cross-entropy of these, without any normalisation over the vocabulary.
 * Nothing but the label words' columns is read, so that a NaN elsewhere does not matter. Where the largest is taken, the first among
 * equals gets the gradient. A token may stand for several classes.
 *
 * <p><b>Shapes.</b> Vocabulary logits {@code [examples, templates, vocabulary]}, f32 or bf16, any stride between templates; class logits
 * {@code [examples, classes]} and the compact gradient {@code [examples, templates, words]}, f32. Losses are per example, and so is the
 * gradient: that of their sum.
 *
 * <p>Immutable. Errors are {@link IllegalArgumentException} naming the argument; outputs are untouched then.
 */
public final class Verbalizer {
    /** How several become one. */
    public enum Pooling {
        LARGEST,
        MEAN
    }

    private final Tensor wordIds;
    private final Tensor wordClasses;
    private final Tensor ordinals; // 0, 1, 2, ...: the words' columns where nothing else was kept
    private final int classes;
    private final Pooling words;
    private final Pooling templates;

    /**
     * The largest word, and the mean over templates.
     *
     * @param wordIds columns of the vocabulary
     * @param wordClasses which class each word stands for; every class must have one
     */
    public Verbalizer(int[] wordIds, int[] wordClasses, int classes) {
        this(checked(wordIds, wordClasses, classes), Tensor.of(wordClasses.clone()), classes, Pooling.LARGEST, Pooling.MEAN);
    }

    private Verbalizer(Tensor wordIds, Tensor wordClasses, int classes, Pooling words, Pooling templates) {
        this.wordIds = wordIds;
        this.wordClasses = wordClasses;
        this.ordinals = Tensor.of(IntStream.range(0, Math.toIntExact(wordIds.size())).toArray());
        this.classes = classes;
        this.words = words;
        this.templates = templates;
    }

    private static Tensor checked(int[] wordIds, int[] wordClasses, int classes) {
        if (classes < 2 || wordIds.length != wordClasses.length) {
            throw new IllegalArgumentException("classes must be at least 2 and wordClasses as many as wordIds, got " + classes + ", "
                    + wordClasses.length + " and " + wordIds.length);
        }
        boolean[] named = new boolean[classes];
        for (int i = 0; i < wordClasses.length; i++) {
            if (wordClasses[i] < 0 || wordClasses[i] >= classes || wordIds[i] < 0) {
                throw new IllegalArgumentException("wordClasses must be from 0 and below " + classes + " and wordIds at least 0, got "
                        + wordClasses[i] + " and " + wordIds[i] + " at index " + i);
            }
            named[wordClasses[i]] = true;
        }
        for (int c = 0; c < classes; c++) {
            if (!named[c]) {
                throw new IllegalArgumentException("wordClasses must give every class a word, got none for " + c);
            }
        }
        return Tensor.of(wordIds.clone());
    }

    /** How the words of a class become one. */
    public Verbalizer words(Pooling how) {
        return new Verbalizer(wordIds, wordClasses, classes, how, templates);
    }

    /** How the templates of an example become one. */
    public Verbalizer templates(Pooling how) {
        return new Verbalizer(wordIds, wordClasses, classes, words, how);
    }

    /**
     * The summed loss, class logits, and the gradient of the label words alone.
     *
     * @param losses {@code [examples]}, or null
     * @param gradWords {@code [examples, templates, words]}, or null
     */
    public double forwardBackward(
            Basin basin, Tensor logits, Tensor targets, @Nullable Tensor losses, Tensor classLogits, @Nullable Tensor gradWords) {
        Arguments.requireGiven("logits", logits);
        if (logits.rank() != 3) {
            throw new IllegalArgumentException("logits must have the shape [examples, templates, vocabulary], got " + logits);
        }
        return pooled(basin, logits, wordIds, targets, losses, classLogits, gradWords);
    }

    /**
     * The same with the logits of whole sequences, of which one position each is read.
     *
     * @param logits {@code [examples templates, positions, vocabulary]}
     * @param positions {@code [examples templates]} i32: where the mask is, or one less for a model that goes from left to right
     */
    public double forwardBackwardAt(
            Basin basin, Tensor logits, Tensor positions, Tensor targets, @Nullable Tensor losses, Tensor classLogits,
            @Nullable Tensor gradWords) {
        Arguments.requireGiven("logits", logits);
        Arguments.requireGiven("targets", targets);
        long examples = targets.size();
        if (logits.rank() != 3 || logits.shape()[0] == 0 || examples == 0 || logits.shape()[0] % examples != 0) {
            throw new IllegalArgumentException("logits must have the shape [examples templates, positions, vocabulary] with some sequences "
                    + "for each of " + examples + " targets, got " + logits);
        }
        LongUnaryOperator rows = rowsAt(positions, logits);
        requireWordsBelow(logits.columns());
        DataType type = logits.type().computationType();
        long sequences = logits.shape()[0];
        MemorySegment room = basin.scratch().acquire(sequences * words() * type.byteSize());
        try {
            Tensor picked = Tensor.of(room, type, examples, sequences / examples, words());
            for (long sequence = 0; sequence < sequences; sequence++) {
                for (long word = 0; word < words(); word++) {
                    picked.set(sequence * words() + word, logits.get(column(rows.applyAsLong(sequence), word, logits)));
                }
            }
            return pooled(basin, picked, ordinals, targets, losses, classLogits, gradWords);
        } finally {
            basin.scratch().release(room);
        }
    }

    /** Of logits that hold each word in the column that its id says. */
    private double pooled(
            Basin basin, Tensor logits, Tensor ids, Tensor targets, @Nullable Tensor losses, Tensor classLogits,
            @Nullable Tensor gradWords) {
        long examples = check(logits, targets, losses, classLogits, gradWords);
        long shape1 = logits.shape()[1];
        long vocabulary = logits.columns();
        DataType type = classLogits.type();
        basin.kernels().output().verbalizerPool(
                logits.type().code(), logits.memory(), logits.rowStride(), ids.memory(), wordClasses.memory(), type.code(),
                classLogits.memory(), 0, examples, shape1, vocabulary, words(), classes, flag(words), flag(templates));
        CrossEntropy loss = new CrossEntropy().reduction(Reduction.SUM);
        RowBuffers buffers = RowBuffers.NONE.losses(losses);
        if (gradWords == null) {
            return loss.forward(basin, classLogits, targets, buffers);
        }
        MemorySegment room = basin.scratch().acquire((classLogits.size() + 1) * Double.BYTES);
        try {
            Tensor gradient = Tensor.of(room.asSlice(0, classLogits.size() * type.byteSize()), type, examples, classes);
            double total = loss.forwardBackward(basin, classLogits, targets, gradient, buffers);
            basin.kernels().output().verbalizerPoolBackward(
                    logits.type().code(), logits.memory(), logits.rowStride(), ids.memory(), wordClasses.memory(), type.code(),
                    gradient.memory(), gradWords.memory(), 0, examples, shape1, vocabulary, words(), classes, flag(words),
                    flag(templates));
            return total;
        } finally {
            basin.scratch().release(room);
        }
    }

    /** The same of logits of the words alone, {@code [examples, templates, words]}. */
    double ofWords(
            Basin basin, Tensor logits, Tensor targets, @Nullable Tensor losses, Tensor classLogits, @Nullable Tensor gradWords) {
        return pooled(basin, logits, ordinals, targets, losses, classLogits, gradWords);
    }

    /** Adds a compact gradient to one by all vocabulary logits, in which nothing else changes. */
    public void scatter(Tensor gradWords, Tensor gradLogits) {
        Arguments.requireGiven("gradLogits", gradLogits);
        scatter(gradWords, gradLogits, gradLogits.rows(), row -> row);
    }

    /** Adds a compact gradient to one by the logits of whole sequences, at the positions that were read. */
    public void scatterAt(Tensor gradWords, Tensor positions, Tensor gradLogits) {
        Arguments.requireGiven("gradLogits", gradLogits);
        scatter(gradWords, gradLogits, positions.size(), rowsAt(positions, gradLogits));
    }

    private void scatter(Tensor gradWords, Tensor gradLogits, long rows, LongUnaryOperator rowOf) {
        Arguments.requireGiven("gradWords", gradWords);
        requireWordsBelow(gradLogits.columns());
        if (gradWords.rows() != rows || gradWords.columns() != words()) {
            throw new IllegalArgumentException("gradWords must have " + rows + " rows of " + words() + ", got " + gradWords);
        }
        for (long row = 0; row < rows; row++) {
            for (long word = 0; word < words(); word++) {
                long column = column(rowOf.applyAsLong(row), word, gradLogits);
                gradLogits.set(column, gradLogits.get(column) + gradWords.get(row * words() + word));
            }
        }
    }

    /** Which row of {@code [sequences, positions, vocabulary]} each sequence's position is. */
    private static LongUnaryOperator rowsAt(Tensor positions, Tensor logits) {
        Arguments.requireGiven("positions", positions);
        if (logits.rank() != 3) {
            throw new IllegalArgumentException("logits must have the shape [sequences, positions, vocabulary], got " + logits);
        }
        long length = logits.shape()[1];
        Arguments.requireVector("positions", positions, logits.shape()[0], true);
        for (long i = 0; i < positions.size(); i++) {
            int position = Arguments.integer(positions, i);
            if (position < 0 || position >= length) {
                throw new IllegalArgumentException(
                        "positions must be from 0 and below " + length + ", got " + position + " at index " + i);
            }
        }
        return sequence -> sequence * length + Arguments.integer(positions, sequence);
    }

    private long column(long row, long word, Tensor logits) {
        return row * logits.columns() + wordId(word);
    }

    /** How many words there are. */
    int words() {
        return Math.toIntExact(wordIds.size());
    }

    int wordId(long word) {
        return Arguments.integer(wordIds, word);
    }

    int classes() {
        return classes;
    }

    void requireWordsBelow(long vocabulary) {
        for (long word = 0; word < words(); word++) {
            if (wordId(word) >= vocabulary) {
                throw new IllegalArgumentException(
                        "wordIds must be below the vocabulary's " + vocabulary + ", got " + wordId(word) + " at index " + word);
            }
        }
    }

    private static int flag(Pooling pooling) {
        return pooling == Pooling.LARGEST ? 1 : 0;
    }

    private long check(Tensor logits, Tensor targets, @Nullable Tensor losses, Tensor classLogits, @Nullable Tensor gradWords) {
        Arguments.requireGiven("targets", targets);
        Arguments.requireGiven("classLogits", classLogits);
        long examples = logits.shape()[0];
        Arguments.requireVector("targets", targets, examples, true);
        Arguments.requireVector("losses", losses, examples, false);
        requireShape("classLogits", classLogits, examples, classes);
        requireShape("gradWords", gradWords, logits.rows(), words());
        Arguments.requireSameType("classLogits", classLogits, "gradWords", gradWords);
        return examples;
    }

    private static void requireShape(String name, @Nullable Tensor tensor, long rows, long columns) {
        if (tensor != null && (tensor.rows() != rows || tensor.columns() != columns || !tensor.isContiguous())) {
            throw new IllegalArgumentException(name + " must have " + rows + " rows of " + columns + " without gaps, got " + tensor);
        }
    }
}
