package dev.basin.fallback;

import dev.basin.kernel.NormKernels;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** The passes of a norm over rows, in double; what an absent tensor leaves out is left out. */
final class NormRows {
    /** Memory with a storage type and a distance between rows; the distance of a vector does not matter. */
    record Matrix(int type, MemorySegment memory, long stride) {
        static Matrix vector(int type, MemorySegment memory) {
            return new Matrix(type, memory, 0);
        }

        boolean isAbsent() {
            return Storage.isAbsent(memory);
        }
    }

    /** Rows between memory and arrays of a width. */
    private record Rows(float[] floats) {
        Rows(int width) {
            this(new float[width]);
        }

        void load(Matrix matrix, long row, double[] values) {
            Storage.loadRow(matrix.type, matrix.memory, row * matrix.stride, values, floats);
        }

        void storeIfPresent(Matrix matrix, long row, double[] values) {
            if (!matrix.isAbsent()) {
                Storage.storeRow(matrix.type, matrix.memory, row * matrix.stride, values, floats);
            }
        }

        /** A vector, or one of the same number where it is absent. */
        double[] valuesOr(double absent, Matrix vector) {
            double[] values = new double[floats.length];
            if (vector.isAbsent()) {
                Arrays.fill(values, absent);
            } else {
                load(vector, 0, values);
            }
            return values;
        }
    }

    record Forward(
            Matrix x, Matrix branch, Matrix residualOut, Matrix gamma, Matrix beta, Matrix y, Matrix statistic, Matrix rstd) {}

    record Backward(
            Matrix gradY, Matrix gradResidualOut, Matrix x, Matrix statistic, Matrix rstd, Matrix gamma, Matrix gradX,
            Matrix gammaPartials, Matrix betaPartials) {}

    private NormRows() {}

    static void forward(NormFormula formula, Forward pass, long rowBegin, long rowEnd, int width, double epsilon) {
        Rows rows = new Rows(width);
        double[] x = new double[width];
        double[] y = new double[width];
        double[] gamma = rows.valuesOr(1, pass.gamma);
        double[] beta = rows.valuesOr(0, pass.beta);
        for (long row = rowBegin; row < rowEnd; row++) {
            loadInput(pass, rows, row, x, y);
            double statistic = formula.statistic(x);
            double rstd = 1 / Math.sqrt(formula.meanSquare(x, statistic) + epsilon);
            double shift = formula.shift(statistic);
            for (int k = 0; k < width; k++) {
                y[k] = (x[k] - shift) * rstd * gamma[k] + beta[k];
            }
            rows.storeIfPresent(pass.y, row, y);
            Storage.storeIfPresent(pass.statistic.type, pass.statistic.memory, row, statistic);
            Storage.storeIfPresent(pass.rstd.type, pass.rstd.memory, row, rstd);
        }
    }

    /** The row, or the sum with the branch as it was stored. */
    private static void loadInput(Forward pass, Rows rows, long row, double[] x, double[] branch) {
        rows.load(pass.x, row, x);
        if (!pass.branch.isAbsent() && !pass.residualOut.isAbsent()) {
            rows.load(pass.branch, row, branch);
            for (int k = 0; k < x.length; k++) {
                x[k] += branch[k];
            }
            rows.storeIfPresent(pass.residualOut, row, x);
            rows.load(pass.residualOut, row, x);
        }
    }

    static void backward(NormFormula formula, Backward pass, long blockBegin, long blockEnd, long rows, int width) {
        Gradient gradient = new Gradient(formula, pass, width);
        for (long block = blockBegin; block < blockEnd; block++) {
            gradient.ofBlock(block, rows);
        }
    }

    /** The backward pass with its room: what a row needs at a time, and the sums of a block. */
    private static final class Gradient {
        final NormFormula formula;
        final Backward pass;
        final int width;
        final Rows rows;
        final double[] gamma;
        final double[] normalized;
        final double[] gradY;
        final double[] scaled;
        final double[] past;
        final double[] gammaSums;
        final double[] betaSums;

        Gradient(NormFormula formula, Backward pass, int width) {
            this.formula = formula;
            this.pass = pass;
            this.width = width;
            rows = new Rows(width);
            gamma = rows.valuesOr(1, pass.gamma);
            normalized = new double[width];
            gradY = new double[width];
            scaled = new double[width];
            past = new double[width];
            gammaSums = new double[width];
            betaSums = new double[width];
        }

        void ofBlock(long block, long rowCount) {
            Arrays.fill(gammaSums, 0);
            Arrays.fill(betaSums, 0);
            long end = Math.min(rowCount, (block + 1) * NormKernels.ROW_BLOCK);
            for (long row = block * NormKernels.ROW_BLOCK; row < end; row++) {
                ofRow(row);
            }
            rows.storeIfPresent(pass.gammaPartials, block, gammaSums);
            rows.storeIfPresent(pass.betaPartials, block, betaSums);
        }

        private void ofRow(long row) {
            double rstd = Storage.load(pass.rstd.type, pass.rstd.memory, row);
            double statistic = Storage.loadOr(0, pass.statistic.type, pass.statistic.memory, row);
            normalize(row, formula.shift(statistic), rstd);
            rows.load(pass.gradY, row, gradY);
            for (int k = 0; k < width; k++) {
                scaled[k] = gradY[k] * gamma[k];
            }
            NormFormula.Products products =
                    new NormFormula.Products(RowSums.of(scaled), RowSums.ofProducts(scaled, normalized), width);
            writeRow(row, formula.constant(products, statistic, rstd), formula.slope(products), rstd);
            for (int k = 0; k < width; k++) {
                gammaSums[k] += gradY[k] * normalized[k];
                betaSums[k] += gradY[k];
            }
        }

        private void normalize(long row, double shift, double rstd) {
            rows.load(pass.x, row, normalized);
            for (int k = 0; k < width; k++) {
                normalized[k] = (normalized[k] - shift) * rstd;
            }
            formula.correct(normalized);
        }

        private void writeRow(long row, double constant, double slope, double rstd) {
            if (!pass.gradResidualOut.isAbsent()) {
                rows.load(pass.gradResidualOut, row, past);
            }
            for (int k = 0; k < width; k++) {
                scaled[k] = rstd * (scaled[k] - constant - slope * normalized[k]) + past[k];
            }
            rows.storeIfPresent(pass.gradX, row, scaled);
        }
    }
}
