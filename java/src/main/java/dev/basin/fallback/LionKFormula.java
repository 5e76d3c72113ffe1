package dev.basin.fallback;

/**
 * The convex functions of Lion-K that are sums over elements, by the kinds of {@link dev.basin.kernel.OptimizerKernels#lionKStep}.
 *
 * @param e above 0
 */
record LionKFormula(int kind, double e) {
    /** How far beyond the domain of a conjugate rounding may lead. */
    private static final double NOTHING_BEYOND = 1 + 1e-6;

    double value(double z) {
        double size = Math.abs(z);
        return switch (kind) {
            case 1 -> size > e ? size - e : size - size;
            case 2 -> size > e ? size - e / 2 : size * size / (2 * e);
            case 3 -> Math.hypot(size, e);
            case 4 -> size + e * (Math.log1p(Math.exp(-2 * size / e)) - Math.log(2));
            case 5 -> size - e * Math.log1p(size / e);
            case 6 -> size * size / 2;
            default -> size;
        };
    }

    double slope(double z) {
        double size = Math.abs(z);
        return switch (kind) {
            case 1 -> size > e ? Math.signum(z) : z - z;
            case 2 -> size > e ? Math.signum(z) : z / e;
            case 3 -> Double.isInfinite(z) ? Math.signum(z) : z / Math.hypot(z, e);
            case 4 -> Math.tanh(z / e);
            case 5 -> Double.isInfinite(z) ? Math.signum(z) : z / (size + e);
            case 6 -> z;
            default -> Math.signum(z);
        };
    }

    /** The conjugate of {@link #slope}, from {@code z}: the slope alone has lost the digits of its distance to 1. */
    double conjugateAtSlope(double z) {
        double size = Math.abs(z);
        double share = size / e;
        return switch (kind) {
            case 1 -> size > e ? e : size - size;
            case 2 -> size > e ? e / 2 : e / 2 * share * share;
            case 3 -> -e * e / Math.hypot(size, e);
            case 4 -> {
                double d = Math.exp(-2 * share);
                yield e * (Math.log(2) - Math.log1p(d) - (d == 0 ? 0 : 2 * share * d / (1 + d)));
            }
            case 5 -> e * (Math.log1p(share) - share / (1 + share));
            case 6 -> size * size / 2;
            default -> size - size;
        };
    }

    double conjugate(double y) {
        double size = Math.abs(y);
        if (kind == 6) {
            return size * size / 2;
        }
        if (size > NOTHING_BEYOND) {
            return Double.POSITIVE_INFINITY;
        }
        double inside = size > 1 ? 1 : size;
        return switch (kind) {
            case 1 -> e * inside;
            case 2 -> e / 2 * inside * inside;
            case 3 -> -e * Math.sqrt(1 - inside * inside);
            case 4 -> e / 2 * (entropy(1 + inside) + entropy(1 - inside));
            case 5 -> inside == 1 ? Double.POSITIVE_INFINITY : -e * (inside + Math.log1p(-inside));
            default -> inside - inside;
        };
    }

    static double entropy(double y) {
        return y == 0 ? 0 : y < 0 ? Double.POSITIVE_INFINITY : y * Math.log(y);
    }
}
