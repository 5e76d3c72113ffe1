package dev.basin.fallback;

/**
 * The three norms, in double. With {@code xh = (x - shift) rstd} and {@code g = gamma dy} each has
 * {@code dx = rstd (g - constant - slope xh)}.
 */
enum NormFormula {
    LAYER {
        @Override
        double statistic(double[] x) {
            return sum(x) / x.length;
        }

        @Override
        double meanSquare(double[] x, double mean) {
            return squares(x, mean) / x.length;
        }

        @Override
        double shift(double mean) {
            return mean;
        }

        @Override
        void correct(double[] normalized) {
            double rest = sum(normalized) / normalized.length;
            for (int k = 0; k < normalized.length; k++) {
                normalized[k] -= rest;
            }
        }

        @Override
        double constant(RowSums sums, double mean, double rstd) {
            return sums.gradient / sums.width;
        }
    },
    RMS {
        @Override
        double statistic(double[] x) {
            return 0;
        }

        @Override
        double meanSquare(double[] x, double none) {
            return squares(x, 0) / x.length;
        }
    },
    CRMS {
        @Override
        double statistic(double[] z) {
            return sum(z);
        }

        @Override
        double meanSquare(double[] z, double sum) {
            return (squares(z, 0) + sum * sum) / (z.length + 1);
        }

        @Override
        double constant(RowSums sums, double sum, double rstd) {
            return rstd * sum * slope(sums);
        }

        @Override
        double slope(RowSums sums) {
            return sums.product / (sums.width + 1);
        }
    };

    /** Sums of {@code g} and {@code g xh} over a row. */
    record RowSums(double gradient, double product, int width) {}

    /** What is kept of a row beside rstd. */
    abstract double statistic(double[] x);

    abstract double meanSquare(double[] x, double statistic);

    /** What is subtracted from the row. */
    double shift(double statistic) {
        return 0;
    }

    /** Undoes in a normalised row what rounding the saved statistic has changed. */
    void correct(double[] normalized) {}

    double constant(RowSums sums, double statistic, double rstd) {
        return 0;
    }

    double slope(RowSums sums) {
        return sums.product / sums.width;
    }

    private static double sum(double[] x) {
        double sum = 0;
        for (double value : x) {
            sum += value;
        }
        return sum;
    }

    private static double squares(double[] x, double shift) {
        double sum = 0;
        for (double value : x) {
            sum += (value - shift) * (value - shift);
        }
        return sum;
    }
}
