package dev.basin.matrix;

import dev.basin.DataType;
import dev.basin.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** A tensor as an array of floats: its own where it is over a whole one, else a copy, rounded where it holds more. */
public record FloatArray(float[] values, @Nullable Tensor copied) {
    /**
     * The array of a tensor, or an empty one of none.
     *
     * @param loaded whether what is in the tensor is wanted
     */
    public static FloatArray of(@Nullable Tensor tensor, boolean loaded) {
        if (tensor == null) {
            return new FloatArray(new float[0], null);
        }
        float[] own = whole(tensor);
        if (own != null) {
            return new FloatArray(own, null);
        }
        float[] copy = new float[Math.toIntExact(tensor.size())];
        if (loaded) {
            load(tensor, copy);
        }
        return new FloatArray(copy, tensor);
    }

    /** The array that a tensor is over, if it is over a whole one. */
    static float @Nullable [] whole(Tensor tensor) {
        return tensor.isContiguous() && tensor.memory().heapBase().orElse(null) instanceof float[] own
                        && tensor.memory().byteSize() == (long) own.length * Float.BYTES
                ? own
                : null;
    }

    private static void load(Tensor tensor, float[] copy) {
        if (isBlock(tensor)) {
            MemorySegment.copy(tensor.memory(), ValueLayout.JAVA_FLOAT_UNALIGNED, 0, copy, 0, copy.length);
            return;
        }
        double[] values = Rows.loadAll(tensor);
        for (int i = 0; i < copy.length; i++) {
            copy[i] = (float) values[i];
        }
    }

    /** Writes a copy back to where it came from. */
    public void writeBack() {
        if (copied == null) {
            return;
        }
        if (isBlock(copied)) {
            MemorySegment.copy(values, 0, copied.memory(), ValueLayout.JAVA_FLOAT_UNALIGNED, 0, values.length);
            return;
        }
        double[] all = new double[values.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = values[i];
        }
        Rows.storeAll(copied, all);
    }

    private static boolean isBlock(Tensor tensor) {
        return tensor.type() == DataType.F32 && tensor.isContiguous();
    }
}
