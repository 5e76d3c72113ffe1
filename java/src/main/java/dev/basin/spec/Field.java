package dev.basin.spec;

import dev.basin.DataType;
import java.util.List;

/**
 * A named input or output of a kernel.
 *
 * @param dimensions symbols, outermost first; a symbol has one size throughout a case
 * @param list whether it is a list of tensors: an input's dimensions differ from tensor to tensor, an output {@code g} comes as
 *     {@code g0}, {@code g1}, and so on
 * @param optional whether it may be absent
 * @param halfPrecision whether it may be stored as {@link DataType#BF16}
 * @param sampler how random cases fill it; unused for outputs
 */
public record Field(
        String name, Kind kind, List<String> dimensions, boolean list, boolean optional, boolean halfPrecision, Sampler sampler) {}
