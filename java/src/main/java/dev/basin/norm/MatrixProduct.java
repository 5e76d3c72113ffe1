package dev.basin.norm;

import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.gemm.Gemm;

/** Matrix products of tensors: f64 by plain loops in double, everything else in f32 by {@link Gemm}. */
final class MatrixProduct {
    private MatrixProduct() {}

    /** {@code c = op(a) op(b)}, added to {@code c} where {@code accumulate} says so; shapes as in {@link Gemm#multiply}. */
    static void multiply(Gemm gemm, boolean transposeA, boolean transposeB, Tensor a, Tensor b, boolean accumulate, Tensor c) {
        int inner = Math.toIntExact(transposeA ? a.rows() : a.columns());
        if (c.type() == DataType.F64) {
            multiplyDoubles(transposeA, transposeB, inner, a, b, accumulate, c);
            return;
        }
        float[] product = arrayOf(c, accumulate);
        gemm.multiply(transposeA, transposeB, (int) c.rows(), (int) c.columns(), inner, 1, arrayOf(a, true), arrayOf(b, true),
                accumulate ? 1 : 0, product);
        if (!isArray(c)) {
            storeAll(c, product);
        }
    }

    private static void multiplyDoubles(
            boolean transposeA, boolean transposeB, int inner, Tensor a, Tensor b, boolean accumulate, Tensor c) {
        double[] row = new double[Math.toIntExact(c.columns())];
        for (long i = 0; i < c.rows(); i++) {
            for (int j = 0; j < row.length; j++) {
                double sum = accumulate ? c.get(i * row.length + j) : 0;
                for (long k = 0; k < inner; k++) {
                    sum += (transposeA ? a.get(k * a.columns() + i) : a.get(i * inner + k))
                            * (transposeB ? b.get(j * b.columns() + k) : b.get(k * row.length + j));
                }
                row[j] = sum;
            }
            Rows.store(c, i, row);
        }
    }

    /** The tensor's own array where it is one, else a new one, with the tensor's numbers if they are wanted. */
    private static float[] arrayOf(Tensor tensor, boolean loaded) {
        if (isArray(tensor)) {
            return (float[]) tensor.memory().heapBase().orElseThrow();
        }
        float[] array = new float[Math.toIntExact(tensor.size())];
        int columns = Math.toIntExact(tensor.columns());
        double[] values = new double[columns];
        for (int row = 0; loaded && row < tensor.rows(); row++) {
            Rows.load(tensor, row, values);
            for (int column = 0; column < columns; column++) {
                array[row * columns + column] = (float) values[column];
            }
        }
        return array;
    }

    private static void storeAll(Tensor tensor, float[] array) {
        double[] values = new double[Math.toIntExact(tensor.columns())];
        for (int row = 0; row < tensor.rows(); row++) {
            for (int column = 0; column < values.length; column++) {
                values[column] = array[row * values.length + column];
            }
            Rows.store(tensor, row, values);
        }
    }

    private static boolean isArray(Tensor tensor) {
        return tensor.isContiguous() && tensor.memory().heapBase().orElse(null) instanceof float[] array
                && tensor.memory().byteSize() == (long) array.length * Float.BYTES;
    }
}
