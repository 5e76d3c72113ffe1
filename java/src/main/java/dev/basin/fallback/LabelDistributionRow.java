package dev.basin.fallback;

/** LDR-KL of one row: the loss at a temperature, and d loss / d logits. */
record LabelDistributionRow(double loss, double[] gradient) {
    static LabelDistributionRow of(ScoreRow row, int target, double lambda, double margin) {
        int classes = row.logits().length;
        double[] deltas = new double[classes];
        for (int k = 0; k < classes; k++) {
            deltas[k] = k == target ? row.score(k) - row.score(k) : row.score(k) - row.score(target) + margin;
        }
        double[] share = new double[classes];
        double loss = lambda == 0 ? largest(deltas, share)
                : Double.isInfinite(lambda) ? mean(deltas, share) : smooth(deltas, share, lambda);
        double others = 0;
        for (int k = 0; k < classes; k++) {
            others += k == target ? 0 : share[k];
        }
        share[target] = -others + (loss - loss);
        return new LabelDistributionRow(loss, row.gradient(share));
    }

    private static double largest(double[] deltas, double[] share) {
        int best = 0;
        double nothing = 0;
        for (int k = 0; k < deltas.length; k++) {
            best = deltas[k] > deltas[best] ? k : best;
            nothing += Double.isNaN(deltas[k]) || deltas[k] == Double.POSITIVE_INFINITY ? Double.NaN : 0;
        }
        share[best] = 1;
        for (int k = 0; k < deltas.length; k++) {
            share[k] += nothing;
        }
        return deltas[best] + nothing;
    }

    private static double mean(double[] deltas, double[] share) {
        double sum = 0;
        for (double delta : deltas) {
            sum += delta;
        }
        java.util.Arrays.fill(share, (1 + (sum - sum)) / deltas.length);
        return sum / deltas.length + (sum - sum);
    }

    private static double smooth(double[] deltas, double[] share, double lambda) {
        double top = Double.NEGATIVE_INFINITY;
        for (double delta : deltas) {
            top = Math.max(top, delta / lambda);
        }
        double sum = 0;
        for (int k = 0; k < deltas.length; k++) {
            share[k] = Math.exp(deltas[k] / lambda - top);
            sum += share[k];
        }
        for (int k = 0; k < deltas.length; k++) {
            share[k] /= sum;
        }
        return lambda * (top + Math.log(sum / deltas.length));
    }
}
