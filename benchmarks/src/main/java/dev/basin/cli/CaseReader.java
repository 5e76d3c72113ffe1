package dev.basin.cli;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.basin.spec.Field;
import dev.basin.spec.Kind;
import dev.basin.spec.Parameter;
import dev.basin.spec.Spec;
import dev.basin.spec.Value;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Reads the cases of {@code eval}; what it cannot read it refuses with an {@link IllegalArgumentException}. */
final class CaseReader {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build();

    private CaseReader() {}

    /** The one JSON value of a line. */
    static JsonNode parse(String line) throws IOException {
        try (JsonParser json = MAPPER.createParser(line)) {
            JsonNode node = MAPPER.readTree(json);
            if (node == null) {
                throw new JsonParseException(json, "there is nothing in it");
            }
            if (json.nextToken() != null) {
                throw new JsonParseException(json, "there is more after its first value");
            }
            return node;
        }
    }

    static String kernel(JsonNode request) {
        require(request.isObject(), "a case must be a JSON object, got " + shortened(request));
        JsonNode kernel = request.path("kernel");
        require(kernel.isTextual(), "kernel must be a name, got " + shortened(kernel));
        return kernel.textValue();
    }

    static Map<String, List<Value>> inputs(Spec spec, JsonNode request) {
        Map<String, List<Value>> inputs = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : object(request, "inputs").properties()) {
            String name = "input " + entry.getKey();
            Kind kind = kind(spec, entry.getKey());
            JsonNode given = entry.getValue();
            String lengths = entry.getKey() + "_lengths";
            if (given.isArray() && spec.inputs().stream().anyMatch(input -> input.name().equals(lengths))) {
                inputs.put(lengths, List.of(lengths(given)));
            }
            inputs.put(entry.getKey(), given.isArray()
                    ? elements(given).flatMap(each -> each.isArray() ? elements(each) : Stream.of(each))
                            .map(tensor -> tensor(name, kind, tensor)).toList()
                    : isNumbered(given) ? numbered(name, kind, given) : List.of(tensor(name, kind, given)));
        }
        return inputs;
    }

    private static boolean isNumbered(JsonNode given) {
        return given.isObject() && !given.isEmpty() && given.properties().stream().allMatch(part -> part.getKey().matches("\\d{1,6}"));
    }

    /** A list whose parts are named by their places; what is not there is empty. */
    private static List<Value> numbered(String name, Kind kind, JsonNode given) {
        int last = given.properties().stream().mapToInt(part -> Integer.parseInt(part.getKey())).max().orElse(-1);
        Value[] parts = new Value[last + 1];
        Arrays.fill(parts, new Value(kind, new long[] {0}, new double[0]));
        for (Map.Entry<String, JsonNode> part : given.properties()) {
            JsonNode value = part.getValue();
            parts[Integer.parseInt(part.getKey())] = value.isArray()
                    ? new Value(kind, new long[] {value.size()}, elements(value).mapToDouble(e -> element(name, kind, e)).toArray())
                    : tensor(name, kind, value);
        }
        return List.of(parts);
    }

    /** How many tensors each list of a list of lists has. */
    private static Value lengths(JsonNode lists) {
        double[] lengths = elements(lists).mapToDouble(JsonNode::size).toArray();
        return Value.integer(lengths, lengths.length);
    }

    static Map<String, Object> parameters(Spec spec, JsonNode request) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : object(request, "params").properties()) {
            Parameter parameter = spec.parameters().stream()
                    .filter(known -> known.name().equals(entry.getKey()))
                    .findFirst()
                    .orElse(null);
            boolean mayBeAbsent = parameter != null && parameter.type() == Parameter.Type.OPTIONAL_REAL;
            if (mayBeAbsent && entry.getValue().isNull()) {
                continue;
            }
            parameters.put(entry.getKey(), parameter != null && parameter.isReal() && entry.getValue().isTextual()
                    ? number("parameter " + entry.getKey(), entry.getValue())
                    : plain("parameter " + entry.getKey(), entry.getValue()));
        }
        return parameters;
    }

    private static JsonNode object(JsonNode request, String name) {
        if (!request.has(name)) {
            return JsonNodeFactory.instance.objectNode();
        }
        require(request.get(name).isObject(), name + " must be a JSON object, got " + shortened(request.get(name)));
        return request.get(name);
    }

    /** The kind of an input; of one that the spec does not know any, since the spec refuses it in better words. */
    private static Kind kind(Spec spec, String input) {
        return spec.inputs().stream().filter(field -> field.name().equals(input)).map(Field::kind).findFirst().orElse(Kind.REAL);
    }

    /** A scalar may be given bare. */
    private static Value tensor(String name, Kind kind, JsonNode given) {
        if (given.isNumber() || given.isBoolean()) {
            return new Value(kind, new long[0], new double[] {element(name, kind, given)});
        }
        JsonNode shape = given.path("shape");
        JsonNode data = given.path("data");
        require(shape.isArray() && data.isArray(),
                name + " must be {\"shape\":[...],\"data\":[...]}, got " + shortened(given));
        long[] dimensions = elements(shape).mapToLong(dimension -> integer(name + "'s shape", dimension)).toArray();
        double[] numbers = elements(data).mapToDouble(element -> element(name, kind, element)).toArray();
        try {
            return new Value(kind, dimensions, numbers);
        } catch (IllegalArgumentException | ArithmeticException refused) {
            throw new IllegalArgumentException(name + ": " + refused.getMessage(), refused);
        }
    }

    private static double element(String name, Kind kind, JsonNode given) {
        return switch (kind) {
            case REAL -> number(name, given);
            case INTEGER -> integer(name, given);
            case BOOLEAN -> {
                require(given.isBoolean(), name + " must hold true and false, got " + shortened(given));
                yield given.booleanValue() ? 1 : 0;
            }
        };
    }

    private static double number(String name, JsonNode given) {
        if (given.isTextual()) {
            return switch (given.textValue()) {
                case "NaN" -> Double.NaN;
                case "Infinity" -> Double.POSITIVE_INFINITY;
                case "-Infinity" -> Double.NEGATIVE_INFINITY;
                default -> throw new IllegalArgumentException(name
                        + " must hold numbers, \"NaN\", \"Infinity\" or \"-Infinity\", got " + shortened(given));
            };
        }
        require(given.isNumber(), name + " must hold numbers, got " + shortened(given));
        require(Double.isFinite(given.doubleValue()), name + " holds a number that is too large: " + shortened(given));
        return given.doubleValue();
    }

    /** Labels and indices are 32 bits wide; what would not fit must not become another label. */
    private static int integer(String name, JsonNode given) {
        require(given.isIntegralNumber() && given.canConvertToInt(),
                name + " must hold integers of 32 bits, got " + shortened(given));
        return given.intValue();
    }

    /** A parameter's value as the spec takes it. */
    private static Object plain(String name, JsonNode given) {
        require(!given.isNull(), name + " must not be null");
        return given.isIntegralNumber() && given.canConvertToLong()
                ? given.longValue()
                : MAPPER.convertValue(given, Object.class);
    }

    private static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    private static String shortened(JsonNode node) {
        String text = node.isMissingNode() ? "nothing" : node.toString();
        return text.length() <= 60 ? text : text.substring(0, 57) + "...";
    }
}
