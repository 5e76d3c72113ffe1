package dev.basin.spec;

import dev.basin.DataType;
import java.util.List;

/**
 * A named input or output of a kernel.
 *
 * @param dimensions symbols, outermost first; a symbol has one size throughout a case, and {@code "width+1"} is one more than it
 * @param list whether it is a list of tensors: an input's dimensions differ from tensor to tensor, an output {@code g} comes as
 *     {@code g0}, {@code g1}, and so on
 * @param optional whether it may be absent
 * @param precision how real numbers may be stored
 * @param sampler how random cases fill it; unused for outputs
 */
public record Field(
        String name, Kind kind, List<String> dimensions, boolean list, boolean optional, Precision precision, Sampler sampler) {
    /** How real numbers may be stored. */
    public enum Precision {
        /** As {@link DataType#F32}. */
        SINGLE,
        /** As {@link DataType#F32} or {@link DataType#BF16}. */
        EITHER,
        /** As either of these or as {@link DataType#F16}: what is kept for later. */
        KEPT,
        /** As {@link DataType#BF16} whatever the case's layout is. */
        HALF
    }

    Field(
            String name, Kind kind, List<String> dimensions, boolean list, boolean optional, boolean halfPrecision,
            Sampler sampler) {
        this(name, kind, dimensions, list, optional, halfPrecision ? Precision.EITHER : Precision.SINGLE, sampler);
    }

    /** Whether it is truth values of the elements of another tensor, whose dimensions all masks of a list share. */
    boolean isMask() {
        return kind == Kind.BOOLEAN && !dimensions.isEmpty();
    }

    /** Whether a layout of this type of 16 bits says how it is stored. */
    boolean takes(DataType half) {
        return precision == Precision.KEPT || precision == Precision.EITHER && half == DataType.BF16;
    }
}
