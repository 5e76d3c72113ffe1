package dev.basin.spec;

import java.util.List;
import java.util.Map;

/**
 * Inputs and parameters for one evaluation.
 *
 * @param id names it among the cases of its spec and seed
 */
public record Case(String id, Layout layout, Map<String, List<Value>> inputs, Map<String, Object> parameters) {
    /** The same case in another layout. */
    Case with(Layout other) {
        return new Case(id, other, inputs, parameters);
    }
}
