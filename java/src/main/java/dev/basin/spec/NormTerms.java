package dev.basin.spec;

import java.util.Arrays;
import java.util.List;

/**
 * The terms that results of a norm are sums of: {@code beta} in y, {@code rstd gamma dy} in the gradient by a row, and the
 * rows' shares of the parameters' gradients.
 *
 * @param centred whether the norm subtracts the mean
 * @param compressed whether the row's last entry, minus the sum of the others, is left out
 */
record NormTerms(boolean centred, boolean compressed) implements Tolerance.TermSize {
    static final NormTerms LAYER = new NormTerms(true, false);
    static final NormTerms RMS = new NormTerms(false, false);
    static final NormTerms CRMS = new NormTerms(false, true);

    @Override
    public double of(Case each, String output) {
        return switch (output) {
            case "y" -> largest(each, "beta");
            case "grad_beta" -> largest(columnSums(each, false));
            case "grad_gamma" -> largest(columnSums(each, true));
            case "grad_x", "grad_residual", "grad_branch" -> gradientTerms(each);
            default -> 0;
        };
    }

    private double gradientTerms(Case each) {
        double[] gradY = each.inputs().get("grad_y").getFirst().data();
        List<Value> gamma = each.inputs().get("gamma");
        double[][] rows = rows(each);
        double largest = 0;
        for (int row = 0; row < rows.length; row++) {
            double rstd = rstd(rows[row], each);
            for (int k = 0; k < rows[row].length; k++) {
                double g = gradY[row * rows[row].length + k] * (gamma == null ? 1 : gamma.getFirst().data()[k]);
                largest = Math.max(largest, finite(rstd * g));
            }
        }
        return largest;
    }

    private double[] columnSums(Case each, boolean normalized) {
        double[] gradY = each.inputs().get("grad_y").getFirst().data();
        double[][] rows = rows(each);
        double[] sums = new double[rows.length == 0 ? 0 : rows[0].length];
        for (int row = 0; row < rows.length; row++) {
            double rstd = rstd(rows[row], each);
            double mean = centred ? Arrays.stream(rows[row]).average().orElse(0) : 0;
            for (int k = 0; k < sums.length; k++) {
                sums[k] += finite(gradY[row * sums.length + k] * (normalized ? (rows[row][k] - mean) * rstd : 1));
            }
        }
        return sums;
    }

    private double rstd(double[] row, Case each) {
        double sum = Arrays.stream(row).sum();
        double mean = centred ? sum / row.length : 0;
        double squares = Arrays.stream(row).map(x -> (x - mean) * (x - mean)).sum();
        double meanSquare = compressed ? (squares + sum * sum) / (row.length + 1) : squares / row.length;
        return 1 / Math.sqrt(meanSquare + (Double) each.parameters().get("eps"));
    }

    private static double[][] rows(Case each) {
        boolean alone = each.inputs().containsKey("x");
        Value first = each.inputs().get(alone ? "x" : "residual").getFirst();
        double[] second = alone ? new double[first.data().length] : each.inputs().get("branch").getFirst().data();
        int width = Math.toIntExact(first.shape()[1]);
        double[][] rows = new double[Math.toIntExact(first.shape()[0])][width];
        for (int i = 0; i < first.data().length; i++) {
            rows[i / width][i % width] = first.data()[i] + second[i];
        }
        return rows;
    }

    private static double largest(Case each, String input) {
        List<Value> values = each.inputs().get(input);
        return values == null ? 0 : largest(values.getFirst().data());
    }

    private static double largest(double[] values) {
        return Arrays.stream(values).map(NormTerms::finite).max().orElse(0);
    }

    private static double finite(double value) {
        return Double.isFinite(value) ? Math.abs(value) : 0;
    }
}
