package dev.basin.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.basin.spec.Value;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Map;

/** Writes JSON lines. Real numbers have as many digits as bring every one of their type back: 9 for f32, 17 for f64. */
final class AnswerWriter {
    /** In ASCII, so that it does not matter what encoding the reader expects. */
    private static final JsonMapper MAPPER =
            JsonMapper.builder(JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build()).build();

    private final MathContext digits;

    AnswerWriter(int digits) {
        this.digits = new MathContext(digits, RoundingMode.HALF_EVEN);
    }

    /** {@code {"id":7,"outputs":{"loss":{"shape":[3],"data":[...]},...}}}. */
    String outputs(JsonNode id, Map<String, Value> outputs) {
        return object(json -> {
            json.writeObjectField("id", id);
            json.writeObjectFieldStart("outputs");
            for (Map.Entry<String, Value> output : outputs.entrySet()) {
                json.writeFieldName(output.getKey());
                writeTensor(json, output.getValue());
            }
            json.writeEndObject();
        });
    }

    /** {@code {"id":7,"error":"..."}}. */
    String error(JsonNode id, String message) {
        return object(json -> {
            json.writeObjectField("id", id);
            json.writeStringField("error", message);
        });
    }

    /** An object on one line. */
    static String object(Fields fields) {
        StringWriter line = new StringWriter();
        try (JsonGenerator json = MAPPER.createGenerator(line)) {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return line.toString();
    }

    /** What is between an object's braces. */
    @FunctionalInterface
    interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    /** A real number rounded to so many digits, or the word for what JSON has no number for. */
    static void writeReal(JsonGenerator json, double value, MathContext digits) throws IOException {
        if (!Double.isFinite(value)) {
            json.writeString(Double.toString(value));
        } else if (value == 0) {
            json.writeNumber(Double.toString(value)); // a BigDecimal has no negative zero
        } else {
            json.writeNumber(new BigDecimal(value).round(digits).toString());
        }
    }

    private void writeTensor(JsonGenerator json, Value value) throws IOException {
        json.writeStartObject();
        json.writeFieldName("shape");
        json.writeArray(value.shape(), 0, value.shape().length);
        json.writeArrayFieldStart("data");
        for (double number : value.data()) {
            switch (value.kind()) {
                case REAL -> writeReal(json, number, digits);
                case INTEGER -> json.writeNumber((long) number);
                case BOOLEAN -> json.writeBoolean(number != 0);
            }
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
