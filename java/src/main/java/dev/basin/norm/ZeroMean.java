package dev.basin.norm;

import dev.basin.Basin;
import dev.basin.Tensor;

/**
 * Rows of mean 0, and their compressed form (Jiang, Gu, Zhu and Pan, arXiv 2305.14858, section 3): the last of {@code d} entries
 * is minus the sum of the others, so {@code d - 1} of them say it all.
 *
 * <pre>{@code
 * recenter:  y = x - mean(x)               dx = dy - mean(dy)
 * expand:    x = [z, -sum(z)]              dz = dx without its last entry - that entry
 * compress:  z = x without its last entry  dx = [dz, 0]
 * }</pre>
 *
 * Tensors are {@code [rows, d]} or {@code [rows, d - 1]}, f32 or bf16, both of a call of one type, any row stride. Sums are taken
 * in double. A NaN or an infinity spoils its own row.
 *
 * <p>Throws {@link IllegalArgumentException} naming the argument, what it got and what it needs; outputs are untouched then.
 */
public final class ZeroMean {
    private ZeroMean() {}

    /** Subtracts its mean from each row; {@code y} may be {@code x}. */
    public static void recenter(Basin basin, Tensor x, Tensor y) {
        check("x", x, "y", y, 0);
        basin.kernels().norm().recenterRows(
                x.type().code(), x.memory(), x.rowStride(), y.memory(), y.rowStride(), 0, x.rows(), x.columns());
    }

    /** The gradient of {@link #recenter}, which is the same projection; {@code gradX} may be {@code gradY}. */
    public static void recenterBackward(Basin basin, Tensor gradY, Tensor gradX) {
        check("gradY", gradY, "gradX", gradX, 0);
        basin.kernels().norm().recenterRows(
                gradY.type().code(), gradY.memory(), gradY.rowStride(), gradX.memory(), gradX.rowStride(), 0, gradY.rows(),
                gradY.columns());
    }

    /** Adds to each row of {@code z} the entry that makes its mean 0; {@code x} is one column wider. */
    public static void expand(Basin basin, Tensor z, Tensor x) {
        check("z", z, "x", x, 1);
        basin.kernels().norm().expandZeroMean(
                z.type().code(), z.memory(), z.rowStride(), x.memory(), x.rowStride(), 0, z.rows(), z.columns());
    }

    /** The gradient of {@link #expand}; {@code gradX} is one column wider than {@code gradZ}. */
    public static void expandBackward(Basin basin, Tensor gradX, Tensor gradZ) {
        check("gradX", gradX, "gradZ", gradZ, -1);
        basin.kernels().norm().expandZeroMeanBackward(
                gradX.type().code(), gradX.memory(), gradX.rowStride(), gradZ.memory(), gradZ.rowStride(), 0, gradX.rows(),
                gradZ.columns());
    }

    /** Leaves the last entry of each row out; that rows have mean 0 is not checked. */
    public static void compress(Basin basin, Tensor x, Tensor z) {
        check("x", x, "z", z, -1);
        basin.kernels().norm().compressZeroMean(
                x.type().code(), x.memory(), x.rowStride(), z.memory(), z.rowStride(), 0, x.rows(), z.columns());
    }

    /** The gradient of {@link #compress}, which is 0 for the last entry. */
    public static void compressBackward(Basin basin, Tensor gradZ, Tensor gradX) {
        check("gradZ", gradZ, "gradX", gradX, 1);
        basin.kernels().norm().compressZeroMeanBackward(
                gradZ.type().code(), gradZ.memory(), gradZ.rowStride(), gradX.memory(), gradX.rowStride(), 0, gradZ.rows(),
                gradZ.columns());
    }

    private static void check(String inputName, Tensor input, String outputName, Tensor output, int wider) {
        NormArguments.requireGiven(inputName, input);
        NormArguments.requireGiven(outputName, output);
        if (input.columns() + Math.min(0, wider) < 1) {
            throw new IllegalArgumentException(
                    inputName + " must have at least " + (1 - Math.min(0, wider)) + " columns, got " + input);
        }
        NormArguments.requireMatrix(outputName, output, input.rows(), input.columns() + wider);
        NormArguments.requireSameType(inputName, input, outputName, output);
    }
}
