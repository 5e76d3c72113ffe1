package dev.basin.loss;

import dev.basin.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** A contiguous f32 tensor as an array: its own where it is over a whole one, else a copy. */
record FloatArray(float[] values, @Nullable Tensor copied) {
    /** @param loaded whether what is in the tensor is wanted */
    static FloatArray of(@Nullable Tensor tensor, boolean loaded) {
        if (tensor == null) {
            return new FloatArray(new float[0], null);
        }
        if (tensor.memory().heapBase().orElse(null) instanceof float[] own && own.length == tensor.size()) {
            return new FloatArray(own, null);
        }
        float[] copy = new float[Math.toIntExact(tensor.size())];
        if (loaded) {
            MemorySegment.copy(tensor.memory(), ValueLayout.JAVA_FLOAT_UNALIGNED, 0, copy, 0, copy.length);
        }
        return new FloatArray(copy, tensor);
    }

    /** Writes a copy back to where it came from. */
    void writeBack() {
        if (copied != null) {
            MemorySegment.copy(values, 0, copied.memory(), ValueLayout.JAVA_FLOAT_UNALIGNED, 0, values.length);
        }
    }
}
