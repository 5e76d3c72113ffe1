package dev.basin.matrix;

import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.gemm.Gemm;
import java.lang.foreign.MemorySegment;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** A dense row-major matrix in f32 or f64, for compositions that are products of matrices: f64 by plain loops, f32 by {@link Gemm}. */
public final class Matrix {
    private final int rows;
    private final int columns;
    private final float @Nullable [] floats;
    private final double @Nullable [] doubles;

    private Matrix(int rows, int columns, float @Nullable [] floats, double @Nullable [] doubles) {
        this.rows = rows;
        this.columns = columns;
        this.floats = floats;
        this.doubles = doubles;
    }

    public static Matrix zeros(DataType type, int rows, int columns) {
        int size = Math.multiplyExact(rows, columns);
        return type == DataType.F64 ? new Matrix(rows, columns, null, new double[size]) : new Matrix(rows, columns, new float[size], null);
    }

    public static Matrix identity(DataType type, int size) {
        Matrix matrix = zeros(type, size, size);
        for (int i = 0; i < size; i++) {
            matrix.set(i, i, 1);
        }
        return matrix;
    }

    /** A copy of a tensor. */
    public static Matrix of(DataType type, Tensor tensor) {
        Matrix matrix = zeros(type, Math.toIntExact(tensor.rows()), Math.toIntExact(tensor.columns()));
        double[] all = Rows.loadAll(tensor);
        for (int i = 0; i < all.length; i++) {
            matrix.put(i, all[i]);
        }
        return matrix;
    }

    /** A copy. */
    public Matrix copy() {
        return new Matrix(rows, columns, floats == null ? null : floats.clone(), doubles == null ? null : doubles.clone());
    }

    public DataType type() {
        return doubles == null ? DataType.F32 : DataType.F64;
    }

    public int rows() {
        return rows;
    }

    public int columns() {
        return columns;
    }

    public int size() {
        return rows * columns;
    }

    public double at(int index) {
        return floats != null ? floats[index] : doublesGiven()[index];
    }

    public void put(int index, double value) {
        if (floats != null) {
            floats[index] = (float) value;
        } else {
            doublesGiven()[index] = value;
        }
    }

    public double get(int row, int column) {
        return at(row * columns + column);
    }

    public void set(int row, int column, double value) {
        put(row * columns + column, value);
    }

    public void add(int row, int column, double value) {
        put(row * columns + column, at(row * columns + column) + value);
    }

    private double[] doublesGiven() {
        return java.util.Objects.requireNonNull(doubles);
    }

    /** What it holds, as memory. */
    public MemorySegment memory() {
        return floats != null ? MemorySegment.ofArray(floats) : MemorySegment.ofArray(doublesGiven());
    }

    public void copyFrom(Matrix other) {
        for (int i = 0; i < size(); i++) {
            put(i, other.at(i));
        }
    }

    public void addAll(Matrix other) {
        for (int i = 0; i < size(); i++) {
            put(i, at(i) + other.at(i));
        }
    }

    /** The product of two rows, in double. */
    public static double dot(Matrix a, int rowA, Matrix b, int rowB) {
        double sum = 0;
        for (int k = 0; k < a.columns; k++) {
            sum += a.get(rowA, k) * b.get(rowB, k);
        }
        return sum;
    }

    /** Writes all of it to a tensor of as many elements. */
    public void writeTo(Tensor tensor) {
        double[] all = new double[size()];
        for (int i = 0; i < all.length; i++) {
            all[i] = at(i);
        }
        Rows.storeAll(tensor, all);
    }

    /** Over the same memory. */
    public Tensor tensor() {
        return Tensor.of(memory(), type(), rows, columns);
    }

    /** {@code rows weights' + biases}, one bias a column. */
    public static Matrix affine(Gemm gemm, Matrix rows, Matrix weights, IntToDoubleFunction biases) {
        Matrix result = zeros(rows.type(), rows.rows, weights.rows);
        result.multiply(gemm, 1, false, rows, true, weights, 0);
        for (int i = 0; i < result.rows; i++) {
            for (int j = 0; j < result.columns; j++) {
                result.add(i, j, biases.applyAsDouble(j));
            }
        }
        return result;
    }

    /** The sum of a column, in double. */
    public double columnSum(int column) {
        double sum = 0;
        for (int i = 0; i < rows; i++) {
            sum += get(i, column);
        }
        return sum;
    }

    /** The sum of all squares, in double. */
    public double squaredNorm() {
        double sum = 0;
        for (int i = 0; i < size(); i++) {
            sum += at(i) * at(i);
        }
        return sum;
    }

    /** {@code this = alpha op(a) op(b) + beta this}. */
    public void multiply(Gemm gemm, double alpha, boolean transposeA, Matrix a, boolean transposeB, Matrix b, double beta) {
        int inner = transposeA ? a.rows : a.columns;
        if (floats != null) {
            gemm.multiply(transposeA, transposeB, rows, columns, inner, (float) alpha,
                    java.util.Objects.requireNonNull(a.floats), java.util.Objects.requireNonNull(b.floats), (float) beta, floats);
            return;
        }
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                double sum = 0;
                for (int k = 0; k < inner; k++) {
                    sum += (transposeA ? a.get(k, i) : a.get(i, k)) * (transposeB ? b.get(j, k) : b.get(k, j));
                }
                set(i, j, alpha * sum + (beta == 0 ? 0 : beta * get(i, j)));
            }
        }
    }
}
