package dev.basin.fallback;

/** A loss of the spherical family for one row, and its derivatives by the target's logit, the sum of squares and the sum. */
record SphericalRow(double loss, double gradTargetLogit, double gradSquareSum, double gradSum) {
    static SphericalRow of(
            int kind, double logit, double squares, double sum, double classes, double sharpness, double location, double epsilon,
            double scoreEpsilon) {
        return switch (kind) {
            case 1 -> new SphericalRow(squares - 2 * logit + 1, -2, 1, 0);
            case 2 -> {
                double all = classes + sum + squares / 2;
                double own = 1 + logit + logit * logit / 2;
                yield new SphericalRow(Math.log(all) - Math.log(own), -(1 + logit) / own, 0.5 / all, 1 / all);
            }
            case 3 -> {
                double all = squares + classes * scoreEpsilon;
                double own = logit * logit + scoreEpsilon;
                yield new SphericalRow(Math.log(all) - Math.log(own), -2 * logit / own, 1 / all, 0);
            }
            default -> zLoss(logit, squares, sum, classes, sharpness, location, epsilon);
        };
    }

    private static SphericalRow zLoss(
            double logit, double squares, double sum, double classes, double sharpness, double location, double epsilon) {
        double mean = sum / classes;
        double deviation = Math.sqrt(Math.max(squares / classes - mean * mean, 0));
        if (deviation == 0) {
            return new SphericalRow(Logistic.softplus(sharpness * location) / sharpness, 0, 0, 0);
        }
        double inverse = 1 / (deviation + epsilon);
        double z = (logit - mean) * inverse;
        double t = Logistic.sigmoid(sharpness * (location - z));
        return new SphericalRow(
                Logistic.softplus(sharpness * (location - z)) / sharpness, -t * inverse,
                t * z * inverse / (2 * classes * deviation),
                t * inverse / classes - t * z * inverse * mean / (classes * deviation));
    }
}
