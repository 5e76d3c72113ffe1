package dev.basin.fallback;

import java.lang.foreign.MemorySegment;

/** The label words' logits of one example, by template and word, and which class each word means. */
record VerbalizerRow(double[][] logits, int[] classes, boolean largestWord, boolean largestTemplate) {
    static VerbalizerRow load(
            int type, MemorySegment logits, long example, long stride, MemorySegment wordIds, MemorySegment wordClasses, long templates,
            long words, boolean largestWord, boolean largestTemplate) {
        double[][] picked = new double[Math.toIntExact(templates)][Math.toIntExact(words)];
        int[] classes = new int[picked[0].length];
        for (int word = 0; word < classes.length; word++) {
            classes[word] = Storage.loadInt(wordClasses, word);
            for (int at = 0; at < picked.length; at++) {
                picked[at][word] = Storage.load(type, logits, (example * templates + at) * stride + Storage.loadInt(wordIds, word));
            }
        }
        return new VerbalizerRow(picked, classes, largestWord, largestTemplate);
    }

    int classOf(int word) {
        return classes[word];
    }

    /** The class's logit over words and templates. */
    double pooled(int c) {
        double[] byTemplate = byTemplate(c);
        return largestTemplate ? byTemplate[largest(byTemplate)] : mean(byTemplate);
    }

    /** d pooled logit of a class / d the logit of each of its words at each template, the words in their order. */
    double[][] shares(int c) {
        int chosen = largestTemplate ? largest(byTemplate(c)) : -1;
        double[][] shares = new double[logits.length][];
        for (int at = 0; at < logits.length; at++) {
            double[] own = words(at, c);
            double share = !largestTemplate ? 1.0 / logits.length : chosen == at ? 1 : 0;
            int best = own.length == 0 ? -1 : largest(own);
            for (int rank = 0; rank < own.length; rank++) {
                own[rank] = share * (!largestWord ? 1.0 / own.length : rank == best ? 1 : 0);
            }
            shares[at] = own;
        }
        return shares;
    }

    private double[] byTemplate(int c) {
        double[] pooled = new double[logits.length];
        for (int at = 0; at < pooled.length; at++) {
            double[] own = words(at, c);
            pooled[at] = own.length == 0 ? (largestWord ? 0 : Double.NaN) : largestWord ? own[largest(own)] : mean(own);
        }
        return pooled;
    }

    private double[] words(int at, int c) {
        double[] own = new double[classes.length];
        int count = 0;
        for (int word = 0; word < classes.length; word++) {
            if (classes[word] == c) {
                own[count++] = logits[at][word];
            }
        }
        return java.util.Arrays.copyOf(own, count);
    }

    /** The first of the largest, or the first NaN. */
    private static int largest(double[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            best = !Double.isNaN(values[best]) && !(values[i] <= values[best]) ? i : best;
        }
        return best;
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }
}
