package dev.basin.distributed;

import dev.basin.DataType;
import dev.basin.Tensor;
import java.io.Serializable;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What a worker sends in a round; serialisable, so that an engine can carry it.
 *
 * @param elements of the tensor that it is added to
 * @param indices of the entries, ascending; empty where every element has one
 * @param type of the entries: f32, or f64 on the reference
 * @param entries what is added, in the byte order of the machine
 */
public record ErrorFeedbackMessage(long elements, int[] indices, DataType type, byte[] entries) implements Serializable {
    static ErrorFeedbackMessage of(long elements, int[] indices, Tensor entries) {
        return new ErrorFeedbackMessage(elements, indices, entries.type(), entries.memory().toArray(ValueLayout.JAVA_BYTE));
    }

    /** How many bytes of numbers it takes. */
    public long bytes() {
        return (long) Integer.BYTES * indices.length + entries.length;
    }

    /** The entries as a vector. */
    public Tensor values() {
        return Tensor.of(MemorySegment.ofArray(entries), type, entries.length / type.byteSize());
    }

    boolean isSparse() {
        return indices.length > 0;
    }
}
