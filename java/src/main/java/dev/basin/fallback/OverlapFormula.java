package dev.basin.fallback;

/** Self-adjusting Dice and Tversky of weights and targets. */
record OverlapFormula(boolean tversky, boolean squared, double alpha, double gamma, double falsePositive, double falseNegative) {
    double weight(double p, double q) {
        return tversky ? p : Math.pow(q, alpha) * p;
    }

    /** d weight / d p. */
    double weightSlope(double p, double q) {
        return tversky || alpha == 0 ? 1 : Math.pow(q, alpha - 1) * (q - alpha * p);
    }

    /** q d weight / d p, which is finite where q is 0. */
    double weightSlopeTimesRest(double p, double q) {
        return tversky || alpha == 0 ? q : Math.pow(q, alpha) * (q - alpha * p);
    }

    double shared(double weight, double y) {
        return (tversky ? 1 : 2) * weight * y;
    }

    double size(double weight, double y) {
        if (tversky) {
            return weight * y + falsePositive * weight * (1 - y) + falseNegative * (1 - weight) * y;
        }
        return squared ? weight * weight + y * y : weight + y;
    }

    double loss(double shared, double size) {
        return size + gamma == 0 ? 0 : 1 - (shared + gamma) / (size + gamma);
    }

    /** d loss / d weight. */
    double slope(double shared, double size, double weight, double y) {
        double all = size + gamma;
        if (all == 0) {
            return 0;
        }
        double byShared = (tversky ? 1 : 2) * y;
        double bySize = tversky ? y + falsePositive * (1 - y) - falseNegative * y : squared ? 2 * weight : 1;
        return -(byShared * all - (shared + gamma) * bySize) / (all * all);
    }
}
