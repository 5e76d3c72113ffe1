package dev.basin.fallback;

/**
 * The three norms, in double. With {@code xh = (x - shift) rstd} and {@code g = gamma dy} each has
 * {@code dx = rstd (g - constant - slope xh)}.
 */
enum NormFormula {
    LAYER {
        @Override
        double statistic(double[] x) {
            return RowSums.of(x) / x.length;
        }

        @Override
        double meanSquare(double[] x, double mean) {
            return RowSums.ofSquares(x, mean) / x.length;
        }

        @Override
        double shift(double mean) {
            return mean;
        }

        @Override
        void correct(double[] normalized) {
            double rest = RowSums.of(normalized) / normalized.length;
            for (int k = 0; k < normalized.length; k++) {
                normalized[k] -= rest;
            }
        }

        @Override
        double constant(Products products, double mean, double rstd) {
            return products.gradient / products.width;
        }
    },
    RMS {
        @Override
        double statistic(double[] x) {
            return 0;
        }

        @Override
        double meanSquare(double[] x, double none) {
            return RowSums.ofSquares(x, 0) / x.length;
        }
    },
    CRMS {
        @Override
        double statistic(double[] z) {
            return RowSums.of(z);
        }

        @Override
        double meanSquare(double[] z, double sum) {
            return (RowSums.ofSquares(z, 0) + sum * sum) / (z.length + 1);
        }

        @Override
        double constant(Products products, double sum, double rstd) {
            return rstd * sum * slope(products);
        }

        @Override
        double slope(Products products) {
            return products.product / (products.width + 1);
        }
    };

    /** Sums of {@code g} and {@code g xh} over a row. */
    record Products(double gradient, double product, int width) {}

    /** What is kept of a row beside rstd. */
    abstract double statistic(double[] x);

    abstract double meanSquare(double[] x, double statistic);

    /** What is subtracted from the row. */
    double shift(double statistic) {
        return 0;
    }

    /** Undoes in a normalised row what rounding the saved statistic has changed. */
    void correct(double[] normalized) {}

    double constant(Products products, double statistic, double rstd) {
        return 0;
    }

    double slope(Products products) {
        return products.product / products.width;
    }
}
