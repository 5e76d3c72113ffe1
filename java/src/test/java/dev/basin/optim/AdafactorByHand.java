package dev.basin.optim;

import dev.basin.Tensor;

/** Adafactor at its defaults, line by line as its page has it, over doubles. */
final class AdafactorByHand {
    private final double[] weights;
    private final int rows;
    private final int columns;
    private final boolean isVector;
    private final double[] rowMoments;
    private final double[] columnMoments;
    private final double[] moments;

    AdafactorByHand(Tensor start) {
        weights = new double[(int) start.size()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = start.get(i);
        }
        isVector = start.rank() < 2;
        columns = (int) start.columns();
        rows = isVector ? 1 : (int) start.shape()[start.rank() - 2];
        int matrices = weights.length / (rows * columns);
        rowMoments = new double[matrices * rows];
        columnMoments = new double[matrices * columns];
        moments = new double[weights.length];
    }

    double[] weights() {
        return weights;
    }

    void step(Tensor gradient, int t, double decay) {
        double rho = 1 - Math.pow(t, -.8);
        double rate = Math.min(1e-2, 1 / Math.sqrt(t)) * Math.max(1e-3, rms(weights));
        double[] u = new double[weights.length];
        if (isVector) {
            for (int i = 0; i < u.length; i++) {
                moments[i] = rho * moments[i] + (1 - rho) * (gradient.get(i) * gradient.get(i) + 1e-30);
                u[i] = gradient.get(i) / Math.sqrt(moments[i]);
            }
        } else {
            for (int matrix = 0; matrix < rowMoments.length / rows; matrix++) {
                factor(gradient, matrix, rho, u);
            }
        }
        double clip = Math.max(1, rms(u));
        for (int i = 0; i < u.length; i++) {
            weights[i] = weights[i] - decay * rate * weights[i] - rate * u[i] / clip;
        }
    }

    private void factor(Tensor gradient, int matrix, double rho, double[] u) {
        double[] rowMeans = new double[rows];
        double[] columnMeans = new double[columns];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                double g = gradient.get(((long) matrix * rows + i) * columns + j);
                rowMeans[i] += (g * g + 1e-30) / columns;
                columnMeans[j] += (g * g + 1e-30) / rows;
            }
        }
        double mean = 0;
        for (int i = 0; i < rows; i++) {
            int at = matrix * rows + i;
            rowMoments[at] = rho * rowMoments[at] + (1 - rho) * rowMeans[i];
            mean += rowMoments[at] / rows;
        }
        for (int j = 0; j < columns; j++) {
            int at = matrix * columns + j;
            columnMoments[at] = rho * columnMoments[at] + (1 - rho) * columnMeans[j];
        }
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                int at = (matrix * rows + i) * columns + j;
                double moment = rowMoments[matrix * rows + i] * columnMoments[matrix * columns + j] / mean;
                u[at] = gradient.get(at) / Math.sqrt(moment);
            }
        }
    }

    private static double rms(double[] values) {
        double squares = 0;
        for (double value : values) {
            squares += value * value;
        }
        return Math.sqrt(squares / values.length);
    }
}
