package dev.basin.fallback;

/** AdamW's step in float on a plain loop, with the corrections of its moments in the rate and in epsilon. */
record FastAdamW(float factor, float keep, float rate, float rest1, float rest2, float floor) {
    /**
     * @param factor of the gradients
     * @param decay the share of a weight that a step takes away
     */
    static FastAdamW of(
            double factor, double decay, double learningRate, double beta1, double beta2, double epsilon, long step) {
        double root2 = Math.sqrt(-Math.expm1(step * Math.log(beta2)));
        double correction1 = -Math.expm1(step * Math.log(beta1));
        return new FastAdamW((float) factor, (float) (1 - decay), (float) (learningRate * root2 / correction1),
                (float) (1 - beta1), (float) (1 - beta2), (float) (epsilon * root2));
    }

    void move(float[] w, float[] g, float[] m, float[] v, int length) {
        for (int i = 0; i < length; i++) {
            float gradient = factor * g[i];
            m[i] += rest1 * (gradient - m[i]);
            v[i] += rest2 * (gradient * gradient - v[i]);
            w[i] = w[i] * keep - rate * (m[i] / ((float) Math.sqrt(v[i]) + floor));
        }
    }
}
