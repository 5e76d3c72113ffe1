package dev.basin.file;

import dev.basin.DataType;
import dev.basin.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The JSON object before the numbers of a safetensors file: {@code __metadata__}, a string for each name, and for each tensor its
 * type, shape and place.
 *
 * @param entries in the order of their places, which follow each other without a gap
 */
record TensorHeader(Map<String, String> metadata, Map<String, Entry> entries) {
    private static final String METADATA = "__metadata__";

    /** A tensor that is {@code begin} bytes behind the header. */
    record Entry(DataType type, long[] shape, long begin, long end) {}

    static TensorHeader of(Map<String, String> metadata, Map<String, Tensor> tensors) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        long at = 0;
        for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
            long bytes = tensor.getValue().size() * tensor.getValue().type().byteSize();
            entries.put(tensor.getKey(), new Entry(tensor.getValue().type(), tensor.getValue().shape(), at, at + bytes));
            at += bytes;
        }
        return new TensorHeader(metadata, entries);
    }

    /** How many bytes of numbers there are. */
    long dataBytes() {
        long end = 0;
        for (Entry entry : entries.values()) {
            end = Math.max(end, entry.end());
        }
        return end;
    }

    /** As UTF-8, filled up with spaces so that the numbers behind it and the eight bytes before it are aligned. */
    byte[] encoded() {
        String members = entries.entrySet().stream()
                .map(entry -> "," + quoted(entry.getKey()) + ":" + encoded(entry.getValue())).collect(Collectors.joining());
        String described = metadata.entrySet().stream()
                .map(entry -> quoted(entry.getKey()) + ":" + quoted(entry.getValue())).collect(Collectors.joining(","));
        byte[] text = ("{\"" + METADATA + "\":{" + described + "}" + members + "}").getBytes(StandardCharsets.UTF_8);
        byte[] padded = Arrays.copyOf(text, Math.ceilDiv(text.length, Long.BYTES) * Long.BYTES);
        Arrays.fill(padded, text.length, padded.length, (byte) ' ');
        return padded;
    }

    private static String encoded(Entry entry) {
        String shape = Arrays.stream(entry.shape()).mapToObj(Long::toString).collect(Collectors.joining(","));
        return "{\"dtype\":\"" + entry.type().name() + "\",\"shape\":[" + shape + "],\"data_offsets\":[" + entry.begin() + ","
                + entry.end() + "]}";
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    /** Reads what {@link #encoded} or any other writer of safetensors has written, or says why it cannot be one. */
    static TensorHeader parse(byte[] encoded) throws DamagedFileException {
        JsonText json = new JsonText(new String(encoded, StandardCharsets.UTF_8));
        Map<String, String> metadata = new LinkedHashMap<>();
        Map<String, Entry> entries = new LinkedHashMap<>();
        json.object(name -> {
            if (name.equals(METADATA)) {
                json.object(key -> metadata.put(key, json.string()));
            } else if (entries.put(name, parseEntry(json, name)) != null) {
                throw new DamagedFileException("it has two tensors named " + name);
            }
        });
        json.end();
        return new TensorHeader(metadata, inOrder(entries));
    }

    private static Entry parseEntry(JsonText json, String name) throws DamagedFileException {
        Map<String, Object> fields = new LinkedHashMap<>();
        json.object(field -> fields.put(field, field.equals("dtype") ? json.string() : json.integers()));
        if (fields.get("dtype") instanceof String type && fields.get("shape") instanceof long[] shape
                && fields.get("data_offsets") instanceof long[] offsets && offsets.length == 2) {
            return new Entry(typeNamed(type, name), shape, offsets[0], offsets[1]);
        }
        throw new DamagedFileException("tensor " + name + " has no dtype, shape or data_offsets");
    }

    private static DataType typeNamed(String type, String name) throws DamagedFileException {
        for (DataType known : DataType.values()) {
            if (known.name().equals(type)) {
                return known;
            }
        }
        throw new DamagedFileException("tensor " + name + " has the type " + type + ", which is none of "
                + Arrays.toString(DataType.values()));
    }

    private static Map<String, Entry> inOrder(Map<String, Entry> entries) throws DamagedFileException {
        Map<String, Entry> sorted = new LinkedHashMap<>();
        entries.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(
                        java.util.Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end)))
                .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
        long at = 0;
        for (Map.Entry<String, Entry> entry : sorted.entrySet()) {
            requirePlace(entry.getKey(), entry.getValue(), at);
            at = entry.getValue().end();
        }
        return sorted;
    }

    private static void requirePlace(String name, Entry entry, long at) throws DamagedFileException {
        long bytes = entry.type().byteSize();
        try {
            for (long dimension : entry.shape()) {
                bytes = Math.multiplyExact(bytes, dimension);
            }
        } catch (ArithmeticException _) {
            throw new DamagedFileException("tensor " + name + " has more elements than memory can hold");
        }
        if (entry.begin() != at || entry.end() - at != bytes) {
            throw new DamagedFileException("tensor " + name + " must lie at the bytes " + at + " to " + (at + bytes) + ", but lies at "
                    + entry.begin() + " to " + entry.end());
        }
    }
}
