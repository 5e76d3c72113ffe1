package dev.basin.norm;

import dev.basin.Tensor;
import dev.basin.matrix.Rows;
import dev.basin.norm.PreNormModel.Linear;
import org.jspecify.annotations.Nullable;

/**
 * The arithmetic of {@link NormConversion}, a row at a time in double: what several steps make of a weight is rounded once. Each
 * method makes new tensors.
 */
final class WeightConversion {
    private WeightConversion() {}

    /** A linear that reads the stream: {@code W diag(gamma)}, {@code b + W beta}, then each column less the last. */
    static Linear reader(Linear linear, NormParameters norm, boolean compress) {
        requirePrecise(linear);
        NormArguments.requirePrecise("gamma", norm.gamma());
        NormArguments.requirePrecise("beta", norm.beta());
        NormArguments.requireVector("gamma", norm.gamma(), linear.inputs());
        NormArguments.requireVector("beta", norm.beta(), linear.inputs());
        if (compress && linear.inputs() < 2) {
            throw new IllegalArgumentException("weight must have at least 2 columns to lose one, got " + linear.weight());
        }
        double[] gamma = norm.gamma() == null ? null : Rows.load(norm.gamma(), 0);
        double[] beta = norm.beta() == null ? null : Rows.load(norm.beta(), 0);
        double[] bias = linear.bias() == null ? new double[size(linear.outputs())] : Rows.load(linear.bias(), 0);
        Tensor weight = Rows.zeros(linear.weight().type(), linear.outputs(), linear.inputs() - (compress ? 1 : 0));
        double[] row = new double[size(linear.inputs())];
        for (int output = 0; output < bias.length; output++) {
            Rows.load(linear.weight(), output, row);
            bias[output] += beta == null ? 0 : dot(row, beta);
            scale(row, gamma);
            if (compress) {
                subtractLast(row);
            }
            Rows.store(weight, output, row);
        }
        return new Linear(weight, linear.bias() == null && beta == null ? null : vector(linear, bias, bias.length));
    }

    /** A linear that writes into the stream: each column less its mean, then without the last output. */
    static Linear writer(Linear linear, boolean recenter, boolean compress) {
        requirePrecise(linear);
        requireTwo("weight", linear.weight(), linear.outputs(), compress);
        int outputs = size(linear.outputs()) - (compress ? 1 : 0);
        double[] means = recenter ? Rows.columnMeans(linear.weight()) : new double[size(linear.inputs())];
        Tensor weight = Rows.zeros(linear.weight().type(), outputs, linear.inputs());
        double[] row = new double[means.length];
        for (int output = 0; output < outputs; output++) {
            Rows.load(linear.weight(), output, row);
            for (int input = 0; input < row.length; input++) {
                row[input] -= means[input];
            }
            Rows.store(weight, output, row);
        }
        if (linear.bias() == null) {
            return new Linear(weight, null);
        }
        double[] bias = Rows.load(linear.bias(), 0);
        subtractMean(bias, recenter);
        return new Linear(weight, vector(linear, bias, outputs));
    }

    /** Rows that are added into the stream: each less its mean, then without its last entry. */
    static Tensor embedding(Tensor embedding, boolean recenter, boolean compress) {
        NormArguments.requirePrecise("embedding", embedding);
        requireTwo("embedding", embedding, embedding.columns(), compress);
        Tensor converted = Rows.zeros(embedding.type(), embedding.rows(), embedding.columns() - (compress ? 1 : 0));
        double[] values = new double[size(embedding.columns())];
        for (long row = 0; row < embedding.rows(); row++) {
            Rows.load(embedding, row, values);
            subtractMean(values, recenter);
            Rows.store(converted, row, values);
        }
        return converted;
    }

    /** The largest difference between two tensors where both have entries. */
    static double largestChange(Tensor before, Tensor after) {
        double largest = 0;
        for (long row = 0; row < Math.min(before.rows(), after.rows()); row++) {
            double[] old = Rows.load(before, row);
            double[] changed = Rows.load(after, row);
            for (int i = 0; i < Math.min(old.length, changed.length); i++) {
                largest = Math.max(largest, Math.abs(changed[i] - old[i]));
            }
        }
        return largest;
    }

    /** The largest distance of an entry from a number. */
    static double largestDistance(Tensor tensor, double from) {
        double largest = 0;
        for (long row = 0; row < tensor.rows(); row++) {
            for (double value : Rows.load(tensor, row)) {
                largest = Math.max(largest, Math.abs(value - from));
            }
        }
        return largest;
    }

    private static Tensor vector(Linear like, double[] values, int size) {
        Tensor bias = like.bias();
        Tensor vector = Rows.zeros(bias == null ? like.weight().type() : bias.type(), size);
        Rows.store(vector, 0, values);
        return vector;
    }

    private static void subtractMean(double[] values, boolean recenter) {
        double mean = recenter ? Rows.mean(values) : 0;
        for (int i = 0; i < values.length; i++) {
            values[i] -= mean;
        }
    }

    private static void subtractLast(double[] row) {
        for (int i = 0; i < row.length - 1; i++) {
            row[i] -= row[row.length - 1];
        }
    }

    private static void scale(double[] row, double @Nullable [] factors) {
        for (int i = 0; i < row.length && factors != null; i++) {
            row[i] *= factors[i];
        }
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static void requirePrecise(Linear linear) {
        NormArguments.requirePrecise("weight", linear.weight());
        NormArguments.requirePrecise("bias", linear.bias());
    }

    private static void requireTwo(String name, Tensor tensor, long width, boolean compress) {
        if (compress && width < 2) {
            throw new IllegalArgumentException(name + " must write at least 2 entries to lose one, got " + tensor);
        }
    }

    private static int size(long dimension) {
        return Math.toIntExact(dimension);
    }
}
