package dev.basin.matrix;

import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.gemm.Gemm;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** A dense row-major matrix in f32 or f64, for compositions that are products of matrices: f64 by plain loops, f32 by {@link Gemm}. */
public final class Matrix {
    /** Elements of a panel of rows: small enough for the cache, large enough for a product. */
    private static final int PANEL = 1 << 19;

    private final int rows;
    private final int columns;
    private final int offset; // of the first element in the array
    private final float @Nullable [] floats;
    private final double @Nullable [] doubles;

    private Matrix(int rows, int columns, int offset, float @Nullable [] floats, double @Nullable [] doubles) {
        this.rows = rows;
        this.columns = columns;
        this.offset = offset;
        this.floats = floats;
        this.doubles = doubles;
    }

    public static Matrix zeros(DataType type, int rows, int columns) {
        int size = Math.multiplyExact(rows, columns);
        return type == DataType.F64 ? new Matrix(rows, columns, 0, null, new double[size]) : new Matrix(rows, columns, 0, new float[size], null);
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
        matrix.copyFrom(tensor);
        return matrix;
    }

    /** Takes what is in a tensor of as many rows and columns. */
    public void copyFrom(Tensor tensor) {
        if (tensor.type() == type() && tensor.isContiguous()) {
            tensor().copyFrom(Tensor.of(tensor.memory(), type(), rows, columns));
            return;
        }
        double[] all = Rows.loadAll(tensor);
        for (int i = 0; i < all.length; i++) {
            put(i, all[i]);
        }
    }

    /** A copy. */
    public Matrix copy() {
        Matrix copy = zeros(type(), rows, columns);
        copy.copyFrom(this);
        return copy;
    }

    /** A row-major copy of an array. */
    public static Matrix of(DataType type, int rows, int columns, double[] values) {
        Matrix matrix = zeros(type, rows, columns);
        for (int i = 0; i < values.length; i++) {
            matrix.put(i, values[i]);
        }
        return matrix;
    }

    /** Some of its rows, in the same memory. */
    public Matrix part(int begin, int count) {
        return new Matrix(count, columns, offset + begin * columns, floats, doubles);
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
        return floats != null ? floats[offset + index] : doublesGiven()[offset + index];
    }

    public void put(int index, double value) {
        if (floats != null) {
            floats[offset + index] = (float) value;
        } else {
            doublesGiven()[offset + index] = value;
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
        long bytes = type().byteSize();
        MemorySegment all = floats != null ? MemorySegment.ofArray(floats) : MemorySegment.ofArray(doublesGiven());
        return all.asSlice(offset * bytes, size() * bytes);
    }

    public void copyFrom(Matrix other) {
        memory().copyFrom(other.memory());
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
        if (tensor.type() == type() && tensor.isContiguous()) {
            Tensor.of(tensor.memory(), type(), rows, columns).copyFrom(tensor());
            return;
        }
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

    /** The sums of all columns, in double. */
    public double[] columnSums() {
        double[] sums = new double[columns];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                sums[j] += get(i, j);
            }
        }
        return sums;
    }

    /** The sum of all squares, in double. */
    public double squaredNorm() {
        double sum = 0;
        for (int i = 0; i < size(); i++) {
            sum += at(i) * at(i);
        }
        return sum;
    }

    /** {@code this = this right}, some rows at a time. */
    public void multiplyBy(Gemm gemm, Matrix right) {
        inPanels(part -> {
            Matrix product = zeros(type(), part.rows, right.columns);
            product.multiply(gemm, 1, false, part, false, right, 0);
            part.copyFrom(product);
        });
    }

    /** {@code this += this left right}, some rows at a time. */
    public void addProduct(Gemm gemm, Matrix left, Matrix right) {
        inPanels(part -> {
            Matrix along = zeros(type(), part.rows, left.columns);
            along.multiply(gemm, 1, false, part, false, left, 0);
            part.multiply(gemm, 1, false, along, false, right, 1);
        });
    }

    private void inPanels(Consumer<Matrix> action) {
        int most = Math.max(1, PANEL / columns);
        for (int begin = 0; begin < rows; begin += most) {
            action.accept(part(begin, Math.min(most, rows - begin)));
        }
    }

    private Gemm.Rows floatRows() {
        return new Gemm.Rows(java.util.Objects.requireNonNull(floats), offset, columns);
    }

    /** {@code this = alpha op(a) op(b) + beta this}. */
    public void multiply(Gemm gemm, double alpha, boolean transposeA, Matrix a, boolean transposeB, Matrix b, double beta) {
        int inner = transposeA ? a.rows : a.columns;
        if (floats != null) {
            gemm.multiply(transposeA, transposeB, rows, columns, inner, (float) alpha, a.floatRows(), b.floatRows(), (float) beta, floatRows());
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
