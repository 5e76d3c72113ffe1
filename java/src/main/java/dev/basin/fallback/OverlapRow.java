package dev.basin.fallback;

import java.lang.foreign.MemorySegment;

/** Probabilities of a row's entries, what they lack to 1, and their targets. */
record OverlapRow(boolean counts, boolean softmax, double[] p, double[] q, double[] y) {
    /** Below this {@code q} is held where it would be divided by. */
    private static final double LEAST = 1e-30;

    static OverlapRow load(
            int type, MemorySegment logits, MemorySegment targets, MemorySegment labels, MemorySegment mask, long row, int classes) {
        boolean softmax = !Storage.isAbsent(labels);
        double[] x = Storage.loadRow(type, logits, row * classes, classes);
        double[] p = new double[classes];
        double[] q = new double[classes];
        double[] y = new double[classes];
        double top = Double.NEGATIVE_INFINITY;
        for (double logit : x) {
            top = logit > top ? logit : top;
        }
        double sum = 0;
        for (int k = 0; k < classes; k++) {
            sum += p[k] = Math.exp(x[k] - top);
        }
        double[] exponentials = p.clone();
        for (int k = 0; k < classes; k++) {
            p[k] = softmax ? exponentials[k] / sum : Logistic.sigmoid(x[k]);
            q[k] = softmax ? (p[k] > 0.5 ? rest(exponentials, k) / sum : 1 - p[k]) : Logistic.sigmoid(-x[k]);
            y[k] = softmax ? (Storage.loadInt(labels, row) == k ? 1 : 0) : Storage.loadOr(0, type, targets, row);
        }
        return new OverlapRow(Storage.isAbsent(mask) || Storage.loadInt(mask, row) != 0, softmax, p, q, y);
    }

    private static double rest(double[] exponentials, int left) {
        double sum = 0;
        for (int k = 0; k < exponentials.length; k++) {
            sum += k == left ? 0 : exponentials[k];
        }
        return sum;
    }

    /** d loss / d logits, each entry with its numerator and denominator. */
    double[] gradient(OverlapFormula formula, double[] shared, double[] size) {
        double[] gradient = new double[p.length];
        double[] through = new double[p.length];
        double sum = 0;
        for (int k = 0; k < p.length; k++) {
            double slope = formula.slope(shared[k], size[k], formula.weight(p[k], q[k]), y[k]);
            gradient[k] = slope * p[k] * formula.weightSlopeTimesRest(p[k], q[k]);
            through[k] = slope * p[k] * formula.weightSlope(p[k], Math.max(q[k], LEAST));
            sum += through[k];
        }
        for (int k = 0; k < p.length && softmax; k++) {
            double others = sum - through[k];
            if (p[k] > 0.5) {
                others = 0;
                for (int j = 0; j < p.length; j++) {
                    others += j == k ? 0 : through[j];
                }
            }
            gradient[k] -= p[k] * others;
        }
        return gradient;
    }
}
