package dev.basin.norm;

import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.gemm.Gemm;
import dev.basin.matrix.FloatArray;
import dev.basin.matrix.Rows;

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
        FloatArray product = FloatArray.of(c, accumulate);
        gemm.multiply(transposeA, transposeB, (int) c.rows(), (int) c.columns(), inner, 1, FloatArray.of(a, true).values(),
                FloatArray.of(b, true).values(), accumulate ? 1 : 0, product.values());
        product.writeBack();
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
}
