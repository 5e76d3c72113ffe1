package dev.basin.fallback;

import dev.basin.kernel.NormKernels;
import java.lang.foreign.MemorySegment;

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

        double[] row(long row, int width) {
            return Storage.loadRow(type, memory, row * stride, width);
        }

        double get(long row, int column) {
            return Storage.load(type, memory, row * stride + column);
        }

        double getOr(double absent, long row, int column) {
            return isAbsent() ? absent : get(row, column);
        }

        void set(long row, int column, double value) {
            Storage.store(type, memory, row * stride + column, value);
        }

        void addTo(long row, int column, double value) {
            if (!isAbsent()) {
                set(row, column, get(row, column) + value);
            }
        }
    }

    record Forward(
            Matrix x, Matrix branch, Matrix residualOut, Matrix gamma, Matrix beta, Matrix y, Matrix statistic, Matrix rstd) {}

    record Backward(
            Matrix gradY, Matrix gradResidualOut, Matrix x, Matrix statistic, Matrix rstd, Matrix gamma, Matrix gradX,
            Matrix gammaPartials, Matrix betaPartials) {}

    private NormRows() {}

    static void forward(NormFormula formula, Forward pass, long row, int width, double epsilon) {
        double[] x = input(pass, row, width);
        double statistic = formula.statistic(x);
        double rstd = 1 / Math.sqrt(formula.meanSquare(x, statistic) + epsilon);
        for (int k = 0; k < width; k++) {
            double normalized = (x[k] - formula.shift(statistic)) * rstd;
            pass.y.set(row, k, normalized * pass.gamma.getOr(1, 0, k) + pass.beta.getOr(0, 0, k));
        }
        Storage.storeIfPresent(pass.statistic.type, pass.statistic.memory, row, statistic);
        Storage.storeIfPresent(pass.rstd.type, pass.rstd.memory, row, rstd);
    }

    /** The row, or the sum with the branch as it was stored. */
    private static double[] input(Forward pass, long row, int width) {
        if (!pass.branch.isAbsent() && !pass.residualOut.isAbsent()) {
            for (int k = 0; k < width; k++) {
                pass.residualOut.set(row, k, pass.x.get(row, k) + pass.branch.get(row, k));
            }
            return pass.residualOut.row(row, width);
        }
        return pass.x.row(row, width);
    }

    static void backward(NormFormula formula, Backward pass, long block, long rows, int width) {
        for (int k = 0; k < width; k++) {
            Storage.storeIfPresent(pass.gammaPartials.type, pass.gammaPartials.memory, block * width + k, 0);
            Storage.storeIfPresent(pass.betaPartials.type, pass.betaPartials.memory, block * width + k, 0);
        }
        long end = Math.min(rows, (block + 1) * NormKernels.ROW_BLOCK);
        for (long row = block * NormKernels.ROW_BLOCK; row < end; row++) {
            backwardRow(formula, pass, block, row, width);
        }
    }

    private static void backwardRow(NormFormula formula, Backward pass, long block, long row, int width) {
        double rstd = Storage.load(pass.rstd.type, pass.rstd.memory, row);
        double statistic = pass.statistic.isAbsent() ? 0 : Storage.load(pass.statistic.type, pass.statistic.memory, row);
        double[] normalized = pass.x.row(row, width);
        for (int k = 0; k < width; k++) {
            normalized[k] = (normalized[k] - formula.shift(statistic)) * rstd;
        }
        formula.correct(normalized);
        double gradient = 0;
        double product = 0;
        for (int k = 0; k < width; k++) {
            double g = pass.gradY.get(row, k) * pass.gamma.getOr(1, 0, k);
            gradient += g;
            product += g * normalized[k];
        }
        NormFormula.RowSums sums = new NormFormula.RowSums(gradient, product, width);
        double constant = formula.constant(sums, statistic, rstd);
        double slope = formula.slope(sums);
        for (int k = 0; k < width; k++) {
            double dy = pass.gradY.get(row, k);
            double past = pass.gradResidualOut.getOr(0, row, k);
            double g = dy * pass.gamma.getOr(1, 0, k);
            pass.gradX.set(row, k, rstd * (g - constant - slope * normalized[k]) + past);
            pass.gammaPartials.addTo(block, k, dy * normalized[k]);
            pass.betaPartials.addTo(block, k, dy);
        }
    }
}
