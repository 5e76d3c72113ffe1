package dev.basin.norm;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.dispatch.CommonChecks;
import dev.basin.matrix.Rows;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A linear whose outputs have zero mean, whatever its weights: what trains in place of the linears that write into the residual
 * stream of a Pre-RMSNorm network, so that it stays the same function of the same parameters as the Pre-LN network (Jiang, Gu,
 * Zhu and Pan, arXiv 2305.14858).
 *
 * <p>With {@code C} subtracting from each column its mean over the outputs:
 *
 * <pre>{@code
 * y = x (C W)' + C b
 * grad_x = grad_y C W;  grad_W = C grad_y' x;  grad_b = C (sum of the rows of grad_y)
 * }</pre>
 *
 * <p><b>Shapes.</b> x {@code [rows, inputs]}, weight {@code [outputs, inputs]}, bias {@code [outputs]} or null, y
 * {@code [rows, outputs]}; gradients like what they are of. Any row stride; f32, bf16 and f16 in any mixture, with f32
 * arithmetic, or all of them f64, in double. Means are taken in double. What is written may share memory with nothing else.
 *
 * <p>A composition: the products are {@link Basin#gemm}'s, whose arrays are used as they are where tensors are over whole
 * {@code float[]}, others are copied. A NaN in a row of x stays in that row of y; one in the weight is in every row.
 */
public final class ZeroMeanLinear {
    private ZeroMeanLinear() {}

    /** Computes y. */
    public static void forward(Basin basin, Tensor x, Tensor weight, @Nullable Tensor bias, Tensor y) {
        Operands.requireReal("x", x);
        requireMatrix("weight", weight, weight.rows(), x.columns());
        requireVector("bias", bias, weight.rows());
        requireMatrix("y", y, x.rows(), weight.rows());
        List<Tensor> read = present(x, weight, bias);
        Operands.requireOneArithmetic(read, List.of(y));
        CommonChecks.requireWritable("y", y, read);
        // Half precision is rounded once, with the bias in.
        Tensor product = y.type().byteSize() == Short.BYTES ? temporary(y) : y;
        MatrixProduct.multiply(basin.gemm(), false, true, x, recentredColumns(weight), false, product);
        if (product != y || bias != null) {
            addToRows(product, bias == null ? new double[0] : recentred(Rows.load(bias, 0)), y);
        }
    }

    /**
     * Computes the gradients that are wanted.
     *
     * @param gradX written, or null
     * @param gradWeight written, or null
     * @param gradBias written, or null
     * @param accumulate whether the gradients of weight and bias are added to what is there
     */
    public static void backward(
            Basin basin, Tensor gradY, Tensor x, Tensor weight, @Nullable Tensor gradX, @Nullable Tensor gradWeight,
            @Nullable Tensor gradBias, boolean accumulate) {
        Operands.requireReal("x", x);
        requireMatrix("weight", weight, weight.rows(), x.columns());
        requireMatrix("gradY", gradY, x.rows(), weight.rows());
        requireMatrix("gradX", gradX, x.rows(), x.columns());
        requireMatrix("gradWeight", gradWeight, weight.rows(), weight.columns());
        requireVector("gradBias", gradBias, weight.rows());
        List<Tensor> read = present(gradY, x, weight);
        Operands.requireOneArithmetic(read, present(gradX, gradWeight, gradBias));
        CommonChecks.requireWritable("gradX", gradX, read);
        CommonChecks.requireWritable("gradWeight", gradWeight, with(read, gradX));
        CommonChecks.requireWritable("gradBias", gradBias, with(with(read, gradX), gradWeight));
        // Recentred before the products, which could otherwise lose what is small beside the mean.
        Tensor gradient = recentredRows(gradY);
        if (gradX != null) {
            MatrixProduct.multiply(basin.gemm(), false, false, gradient, recentredColumns(weight), false, gradX);
        }
        if (gradWeight != null) {
            MatrixProduct.multiply(basin.gemm(), true, false, gradient, x, accumulate, gradWeight);
        }
        if (gradBias != null) {
            sumRows(gradient, accumulate, gradBias);
        }
    }

    private static void requireMatrix(String name, @Nullable Tensor tensor, long rows, long columns) {
        NormArguments.requireMatrix(name, tensor, rows, columns);
        Operands.requireReal(name, tensor);
    }

    private static void requireVector(String name, @Nullable Tensor tensor, long size) {
        NormArguments.requireVector(name, tensor, size);
        Operands.requireReal(name, tensor);
    }

    private static Tensor recentredColumns(Tensor weight) {
        double[] means = Rows.columnMeans(weight);
        Tensor recentred = temporary(weight);
        double[] row = new double[means.length];
        for (long output = 0; output < weight.rows(); output++) {
            Rows.load(weight, output, row);
            for (int input = 0; input < row.length; input++) {
                row[input] -= means[input];
            }
            Rows.store(recentred, output, row);
        }
        return recentred;
    }

    private static Tensor recentredRows(Tensor gradY) {
        Tensor recentred = temporary(gradY);
        for (long row = 0; row < gradY.rows(); row++) {
            Rows.store(recentred, row, recentred(Rows.load(gradY, row)));
        }
        return recentred;
    }

    private static double[] recentred(double[] values) {
        double mean = Rows.mean(values);
        for (int i = 0; i < values.length; i++) {
            values[i] -= mean;
        }
        return values;
    }

    private static void addToRows(Tensor product, double[] bias, Tensor y) {
        for (long row = 0; row < y.rows(); row++) {
            double[] values = Rows.load(product, row);
            for (int i = 0; i < bias.length; i++) {
                values[i] += bias[i];
            }
            Rows.store(y, row, values);
        }
    }

    private static void sumRows(Tensor gradient, boolean accumulate, Tensor gradBias) {
        double[] sums = accumulate ? Rows.load(gradBias, 0) : new double[Math.toIntExact(gradient.columns())];
        double[] values = new double[sums.length];
        for (long row = 0; row < gradient.rows(); row++) {
            Rows.load(gradient, row, values);
            for (int i = 0; i < sums.length; i++) {
                sums[i] += values[i];
            }
        }
        Rows.store(gradBias, 0, sums);
    }

    private static Tensor temporary(Tensor like) {
        int size = Math.toIntExact(like.size());
        return like.type() == DataType.F64 ? Tensor.of(new double[size], like.shape()) : Tensor.of(new float[size], like.shape());
    }

    private static List<Tensor> present(@Nullable Tensor... tensors) {
        List<Tensor> given = new ArrayList<>();
        for (Tensor tensor : tensors) {
            if (tensor != null) {
                given.add(tensor);
            }
        }
        return given;
    }

    private static List<Tensor> with(List<Tensor> tensors, @Nullable Tensor more) {
        List<Tensor> all = new ArrayList<>(tensors);
        if (more != null) {
            all.add(more);
        }
        return all;
    }
}
