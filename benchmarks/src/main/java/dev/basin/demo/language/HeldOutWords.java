package dev.basin.demo.language;

import dev.basin.DataType;
import dev.basin.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Words that a model never learns from, and how well it tells them from those before. */
final class HeldOutWords {
    /** How many of the likeliest words are looked at. */
    private static final int BEST = 10;

    /** Rows at a time, and no more logits than this: a quarter of a gigabyte. */
    static final int LARGEST_BLOCK = 1024;
    private static final int LOGITS = 1 << 26;

    private final Examples examples;
    private final int[] order;
    private final int blockRows;
    private final Tensor hidden;

    record Result(double top1, double top10, double perplexity) {}

    HeldOutWords(Examples examples, int words, int width) {
        this.examples = examples;
        this.order = IntStream.range(0, examples.count()).toArray();
        this.blockRows = Math.clamp(LOGITS / words, 1, LARGEST_BLOCK);
        this.hidden = Weights.zeros(blockRows, width);
    }

    Result measure(ContextEncoder encoder, OutputLayer layer) {
        int first = 0;
        int among = 0;
        double surprise = 0;
        for (int begin = 0; begin < order.length; begin += blockRows) {
            int rows = Math.min(blockRows, order.length - begin);
            Tensor block = Tensor.of(hidden.memory().asSlice(0, rows * hidden.columns() * Float.BYTES), DataType.F32, rows, hidden.columns());
            encoder.forward(examples, order, begin, rows, block);
            int[] best = new int[rows * BEST];
            layer.predict(block, Tensor.of(MemorySegment.ofArray(best), DataType.I32, rows, BEST));
            for (int i = 0; i < rows; i++) {
                int word = examples.words()[begin + i];
                first += best[i * BEST] == word ? 1 : 0;
                among += IntStream.range(i * BEST, (i + 1) * BEST).anyMatch(at -> best[at] == word) ? 1 : 0;
            }
            surprise += rows * layer.meanSurprise(block, Tensor.of(Arrays.copyOfRange(examples.words(), begin, begin + rows)));
        }
        double count = order.length;
        return new Result(first / count, among / count, Math.exp(surprise / count));
    }
}
