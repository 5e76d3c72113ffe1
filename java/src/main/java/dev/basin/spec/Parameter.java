package dev.basin.spec;

import java.util.List;
import java.util.Map;

/**
 * A named parameter of a kernel.
 *
 * @param initial the value where none is given
 * @param samples what random cases draw from
 */
public record Parameter(String name, Type type, Object initial, List<?> samples) {
    /** How a parameter is written. */
    public enum Type {
        REAL,
        /** A real number, or nothing, which stands for the initial value. */
        OPTIONAL_REAL,
        INTEGER,
        FLAG,
        WORD,
        /** A JSON object: a map from names. */
        OBJECT
    }

    public static Parameter real(String name, double initial, Double... samples) {
        return new Parameter(name, Type.REAL, initial, List.of(samples));
    }

    /** A number that may be absent, null where it is written, with what its absence means. */
    public static Parameter optionalReal(String name, double absent, Double... samples) {
        return new Parameter(name, Type.OPTIONAL_REAL, absent, List.of(samples));
    }

    public static Parameter integer(String name, long initial, Long... samples) {
        return new Parameter(name, Type.INTEGER, initial, List.of(samples));
    }

    public static Parameter flag(String name, boolean initial) {
        return new Parameter(name, Type.FLAG, initial, List.of(true, false));
    }

    /** One of the given words, the first where none is given. */
    public static Parameter word(String name, String... words) {
        return new Parameter(name, Type.WORD, words[0], List.of(words));
    }

    /** Named parts, the first sample where none are given; which parts there are is the computation's to check. */
    public static Parameter object(String name, Map<?, ?>... samples) {
        return new Parameter(name, Type.OBJECT, samples[0], List.of(samples));
    }

    /** The value given, checked and brought to the parameter's type: {@code Double}, {@code Long}, {@code Boolean}, {@code String}, {@code Map}. */
    public Object checked(Object given) {
        return switch (type) {
            case REAL, OPTIONAL_REAL -> given instanceof Number n ? (Object) n.doubleValue() : refused(given, "a number");
            case INTEGER -> given instanceof Number n && n.doubleValue() == n.longValue()
                    ? (Object) n.longValue()
                    : refused(given, "an integer");
            case FLAG -> given instanceof Boolean ? given : refused(given, "true or false");
            case OBJECT -> given instanceof Map ? given : refused(given, "an object");
            case WORD -> samples.contains(given) ? given : refused(given, "one of " + samples);
        };
    }

    /** Whether its values are real numbers. */
    public boolean isReal() {
        return type == Type.REAL || type == Type.OPTIONAL_REAL;
    }

    private Object refused(Object given, String needed) {
        throw new IllegalArgumentException("parameter " + name + " must be " + needed + ", got " + given);
    }
}
