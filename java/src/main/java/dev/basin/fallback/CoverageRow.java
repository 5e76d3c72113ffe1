package dev.basin.fallback;

/** Direct coverage optimisation of one answer: its loss, and what limits the confidence in it. */
record CoverageRow(double loss, double factor) {
    /** Above this a log-probability is no rounding error of 0. */
    private static final double ROUNDING = 1e-6;
    /** Where {@code n p} is so small that the direct form has no digits left. */
    private static final double SMALL = -18;

    static CoverageRow of(double logP, double samples) {
        if (!(logP <= ROUNDING)) {
            return new CoverageRow(Double.NaN, Double.NaN);
        }
        if (samples == 1) {
            return new CoverageRow(Math.max(-logP, 0), 1);
        }
        if (logP >= 0) {
            return new CoverageRow(0, 0);
        }
        double logN = Math.log(samples);
        if (logP + logN < SMALL) {
            double excess = (samples - 1) * Math.exp(logP) / 2;
            return new CoverageRow(-(logN + logP) + excess, 1 - excess);
        }
        double miss = logOfComplement(logP);
        return new CoverageRow(
                -logOfComplement(samples * miss),
                Math.exp(logN + logP + (samples - 1) * miss) / -Math.expm1(samples * miss));
    }

    private static double logOfComplement(double x) {
        return x > -Math.log(2) ? Math.log(-Math.expm1(x)) : Math.log1p(-Math.exp(x));
    }
}
