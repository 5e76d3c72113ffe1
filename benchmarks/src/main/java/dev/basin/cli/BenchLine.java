package dev.basin.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.basin.bench.BenchRow;
import java.io.IOException;
import java.math.MathContext;

/** A figure as a line of JSON; real numbers have four digits. */
final class BenchLine {
    private static final MathContext DIGITS = new MathContext(4);
    private static final JsonMapper MAPPER = new JsonMapper();

    private BenchLine() {}

    static String of(BenchRow row) {
        return AnswerWriter.object(fields -> {
            fields.writeStringField("kernel", row.kernel());
            fields.writeStringField("part", row.part());
            fields.writeStringField("shape", row.shape());
            fields.writeStringField("dtype", row.dtype());
            fields.writeStringField("backend", row.backend());
            fields.writeStringField("isa", row.isa());
            fields.writeNumberField("threads", row.threads());
            writeReal(fields, "ns", row.nanos());
            fields.writeNumberField("calls", row.calls());
            writeReal(fields, "operations", row.operations());
            writeReal(fields, "gops", row.gigaOperationsPerSecond());
            fields.writeNumberField("bytes", row.bytes());
            writeReal(fields, "gbps", row.gigabytesPerSecond());
            writeReal(fields, "ceiling_ns", row.ceilingNanos());
            writeReal(fields, "ceiling_gbps", row.ceilingGigabytesPerSecond());
            fields.writeStringField("ceiling_stores", row.ceilingWay());
            writeReal(fields, "share", row.share());
            writeReal(fields, "spread", row.spread());
        });
    }

    static BenchRow parse(String line) throws IOException {
        JsonNode row = MAPPER.readTree(line);
        return new BenchRow(
                row.required("kernel").asText(), row.required("part").asText(), row.required("shape").asText(),
                row.required("dtype").asText(), row.required("backend").asText(), row.required("isa").asText(),
                row.required("threads").asInt(), row.required("ns").asDouble(), row.required("spread").asDouble(),
                row.required("calls").asInt(), row.required("operations").asDouble(), row.required("bytes").asLong(),
                row.required("ceiling_ns").asDouble(), row.required("ceiling_stores").asText());
    }

    private static void writeReal(JsonGenerator fields, String name, double value) throws IOException {
        fields.writeFieldName(name);
        AnswerWriter.writeReal(fields, value, DIGITS);
    }
}
