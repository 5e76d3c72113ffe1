package dev.basin.fallback;

/** A loss of one margin, and its derivative. */
record MarginRow(double loss, double derivative) {
    static MarginRow of(int kind, double s, double drawn, double shift) {
        return switch (kind) {
            case 1 -> new MarginRow(Double.isNaN(s) ? s : Math.max(0, 1 - s), Double.isNaN(s) ? s : s < 1 ? -1 : 0);
            case 2 -> new MarginRow(Math.exp(-s), -Math.exp(-s));
            case 3 -> s > 1 ? new MarginRow(-Math.log(s), -1 / s) : new MarginRow(1 - s, Double.isNaN(s) ? s : -1);
            case 4 -> {
                double derivative = (s > 1 ? drawn / s : drawn) - shift;
                yield new MarginRow(derivative * s, derivative);
            }
            default -> new MarginRow(Logistic.softplus(-s), -Logistic.sigmoid(-s));
        };
    }

    static double boxCoxInverse(double z, double lambda) {
        if (lambda == 0) {
            return Math.exp(z);
        }
        if (lambda * z <= -1) {
            return lambda > 0 ? 0 : Double.POSITIVE_INFINITY;
        }
        return Math.exp(Math.log1p(lambda * z) / lambda);
    }
}
