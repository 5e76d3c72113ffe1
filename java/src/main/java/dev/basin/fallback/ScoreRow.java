package dev.basin.fallback;

/** The scores of a row as LDR and ALDR see them, and the way back through their normalisation. */
record ScoreRow(double[] logits, int normalization, double[] sizes, double total) {
    private static final int PLAIN = 0;
    private static final int SOFTPLUS = 2;

    static ScoreRow of(double[] logits, int normalization) {
        double[] sizes = logits.clone();
        double total = 0;
        for (int k = 0; k < sizes.length; k++) {
            sizes[k] = normalization == SOFTPLUS ? Logistic.softplus(logits[k]) : logits[k];
            total += Math.abs(sizes[k]);
        }
        return new ScoreRow(logits, normalization, sizes, total);
    }

    /** What every score is multiplied by; 0 where all are 0, NaN where one is infinite. */
    double scale() {
        if (normalization == PLAIN) {
            return 1;
        }
        return total == 0 ? 0 : Double.isInfinite(total) ? Double.NaN : sizes.length / total;
    }

    /** The normalised score. */
    double score(int k) {
        double scale = scale();
        return scale == 0 ? 0 : scale * sizes[k];
    }

    /** d loss / d logits from d loss / d scores. */
    double[] gradient(double[] ofScores) {
        if (normalization == PLAIN) {
            return ofScores;
        }
        double[] gradient = new double[ofScores.length];
        if (total == 0) {
            return gradient;
        }
        double along = 0;
        for (int k = 0; k < gradient.length; k++) {
            along += ofScores[k] * sizes[k];
        }
        for (int k = 0; k < gradient.length; k++) {
            gradient[k] = scale() * (ofScores[k] - Math.signum(sizes[k]) * along / total);
            gradient[k] *= normalization == SOFTPLUS ? Logistic.sigmoid(logits[k]) : 1;
        }
        return gradient;
    }
}
