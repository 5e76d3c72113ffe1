package dev.basin.matrix;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.gemm.Gemm;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Rows of a matrix as floats, some at a time: where they are if the tensor is over an array of its own, else in a copy, which is all there is. */
public final class FloatRows {
    private final Basin basin;
    private final Tensor tensor;
    private final int width;
    private final boolean own;
    private final float[] values;
    private int begin;
    private int count;

    /**
     * @param tensor contiguous, f32 or bf16
     * @param room for the rows that are copied, if {@link #areCopied}; others may use it between {@code take} and {@code take}
     */
    public FloatRows(Basin basin, Tensor tensor, float[] room) {
        this.basin = basin;
        this.tensor = tensor;
        this.width = Math.toIntExact(tensor.columns());
        float[] array = FloatArray.whole(tensor);
        this.own = array != null;
        this.values = array != null ? array : room;
    }

    /** With room of its own for so many rows at a time. */
    public static FloatRows over(Basin basin, Tensor tensor, int most) {
        return new FloatRows(basin, tensor, new float[areCopied(tensor) ? Math.multiplyExact(most, Math.toIntExact(tensor.columns())) : 0]);
    }

    /** Whether rows of a tensor are worked on in a copy; an absent one has none. */
    public static boolean areCopied(@Nullable Tensor tensor) {
        return tensor != null && FloatArray.whole(tensor) == null;
    }

    /** Some rows; with what is in them if {@code loaded}, or to be written. */
    public Gemm.Rows take(int first, int rows, boolean loaded) {
        begin = first;
        count = rows;
        if (own) {
            return new Gemm.Rows(values, first * width, width);
        }
        if (loaded) {
            basin.kernels().optimizer().convert(
                    tensor.type().code(), part(), DataType.F32.code(), MemorySegment.ofArray(values), 0, (long) rows * width);
        }
        return new Gemm.Rows(values, 0, width);
    }

    /** Puts the rows that were taken last where they came from, rounded once. */
    public void putBack() {
        if (!own) {
            basin.kernels().optimizer().convert(
                    DataType.F32.code(), MemorySegment.ofArray(values), tensor.type().code(), part(), 0, (long) count * width);
        }
    }

    private MemorySegment part() {
        long rowBytes = width * tensor.type().byteSize();
        return tensor.memory().asSlice(begin * rowBytes, count * rowBytes);
    }
}
