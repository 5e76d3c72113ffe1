package dev.basin.fallback;

/** A row of logits at a temperature, which was held between bounds or not. */
record TemperedRow(double[] logits, double temperature, boolean held, int best, double sum, double mean) {
    /** {@code mean} is that of the differences to the largest logit. */
    static TemperedRow of(double[] logits, double given, double lowest, double highest) {
        double temperature = given < lowest ? lowest : given > highest ? highest : given;
        int best = -1;
        for (int k = 0; k < logits.length; k++) {
            best = !Double.isNaN(logits[k]) && (best < 0 || logits[k] > logits[best]) ? k : best;
        }
        double top = best < 0 ? Double.NEGATIVE_INFINITY : logits[best];
        double sum = 0;
        double below = 0;
        for (double logit : logits) {
            double e = Math.exp((logit - top) / temperature);
            sum += e;
            below += e == 0 ? 0 : e * (logit - top);
        }
        return new TemperedRow(logits, temperature, given < lowest || given > highest, Math.max(best, 0), sum, below / sum);
    }

    double confidence() {
        return 1 / sum;
    }

    double confidenceSlope() {
        return held ? 0 : confidence() * mean / (temperature * temperature);
    }

    double loss(int target) {
        return Math.log(sum) - (logits[target] - logits[best]) / temperature;
    }

    double lossSlope(int target) {
        return held ? 0 : (logits[target] - logits[best] - mean) / (temperature * temperature);
    }

    /** Of the logits under the probabilities. */
    double variance() {
        double squares = 0;
        for (double logit : logits) {
            double below = logit - logits[best];
            double e = Math.exp(below / temperature);
            squares += e == 0 ? 0 : e * (below - mean) * (below - mean);
        }
        return squares / sum;
    }

    /** d confidence / d logit. */
    double gradient(int k) {
        double p = Math.exp((logits[k] - logits[best]) / temperature) / sum;
        double others = (sum - 1) / sum;
        return confidence() / temperature * (k == best ? others : -p);
    }
}
