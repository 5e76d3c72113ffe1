package dev.basin.cli;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.spec.Layout;
import dev.basin.spec.Spec;
import dev.basin.spec.Specs;
import dev.basin.spec.Value;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Answers the lines of {@code eval}, one by one; knows no kernel, only {@link Specs}. */
final class EvalSession {
    private final Basin basin;
    private final Layout layout;
    private final AnswerWriter writer;

    EvalSession(Basin basin, Layout layout) {
        this.basin = basin;
        this.layout = layout;
        this.writer = new AnswerWriter(layout.realType() == DataType.F64 ? 17 : 9);
    }

    /** The answer to a line, without its end; whatever is wrong with the line, an answer. */
    String answer(String line) {
        JsonNode request;
        try {
            request = CaseReader.parse(line);
        } catch (IOException notJson) {
            return writer.error(NullNode.getInstance(), "line is not JSON: " + reason(notJson));
        }
        JsonNode id = request.isObject() && request.has("id") ? request.get("id") : NullNode.getInstance();
        try {
            return writer.outputs(id, evaluate(request));
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError refused) {
            return writer.error(id, message(refused));
        }
    }

    private Map<String, Value> evaluate(JsonNode request) {
        Spec spec = spec(CaseReader.kernel(request));
        Map<String, List<Value>> inputs = CaseReader.inputs(spec, request);
        return spec.evaluate(basin, layout, inputs, CaseReader.parameters(spec, request));
    }

    private static Spec spec(String name) {
        return Specs.named(name).orElseThrow(() -> new IllegalArgumentException("kernel must be one of "
                + Specs.all().stream().map(Spec::name).toList() + ", got " + name));
    }

    /** Without the place in the line, which Jackson adds on lines of its own. */
    private static String reason(IOException notJson) {
        return notJson instanceof JacksonException known ? known.getOriginalMessage() : message(notJson);
    }

    private static String message(Throwable thrown) {
        return thrown.getMessage() == null ? thrown.toString() : thrown.getMessage();
    }
}
