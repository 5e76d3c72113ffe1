package dev.basin.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.spec.Layout;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvalSessionTest {
    private static final JsonMapper MAPPER = new JsonMapper();

    @Test
    void answersACaseUnderItsId() throws IOException {
        JsonNode answer = f32("""
                {"id":7,"kernel":"cross_entropy","inputs":{"logits":{"shape":[1,2],"data":[0,1]},
                "targets":{"shape":[1],"data":[1]}},"params":{}}""");
        assertEquals(7, answer.get("id").intValue());
        JsonNode loss = answer.at("/outputs/loss");
        assertEquals("[1]", loss.get("shape").toString());
        assertEquals(Math.log1p(Math.exp(-1)), loss.at("/data/0").doubleValue(), 1e-7);
        assertEquals("[1,2]", answer.at("/outputs/grad_logits/shape").toString());
    }

    @Test
    void scalarsHaveTheEmptyShape() throws IOException {
        JsonNode answer = f32("""
                {"id":"a","kernel":"cross_entropy","inputs":{"logits":{"shape":[2,2],"data":[0,1,2,3]},
                "targets":{"shape":[2],"data":[1,0]}},"params":{"reduction":"mean"}}""");
        assertEquals("a", answer.get("id").textValue());
        assertEquals("[]", answer.at("/outputs/loss/shape").toString());
        assertEquals(1, answer.at("/outputs/loss/data").size());
    }

    @Test
    void aListOfScalarsMayBeBare() throws IOException {
        String perturb = """
                {"id":1,"kernel":"sam_perturb","inputs":{"w":[{"shape":[1],"data":[2]}],"g":[{"shape":[1],"data":[3]}],
                "masks":%s},"params":{"mode":"asam","rho":0.5,"eta":1}}""";
        for (String masks : java.util.List.of("[false]", "[{\"shape\":[],\"data\":[false]}]")) {
            assertEquals(2.5, f32(perturb.formatted(masks)).at("/outputs/w_adv0/data/0").doubleValue());
        }
        assertEquals(3.5, f32(perturb.formatted("[true]")).at("/outputs/w_adv0/data/0").doubleValue());
        assertTrue(f32(perturb.formatted("[true,false]")).get("error").textValue().contains("masks"));
    }

    @Test
    void aListMayBeNamedByPlaces() throws IOException {
        String useful = """
                {"id":1,"kernel":"useful_repeats","inputs":{"outputs":{"shape":[4,3],"data":[0,0,0,1,0,0,9,0,0,8,0,0]},
                "labels":{"shape":[4],"data":[2,2,2,2]},"losses":{"shape":[4],"data":[1,2,3,4]},"init":%s},
                "params":{"iters":5,"factor":2}}""";
        for (String init : java.util.List.of("{\"2\":[1,2]}", "{\"0\":[],\"2\":{\"shape\":[2],\"data\":[1,2]}}")) {
            assertEquals("[1,1,2,2]", f32(useful.formatted(init)).at("/outputs/repeats/data").toString());
            assertEquals("[false,false,true,true]", f32(useful.formatted(init)).at("/outputs/slow/data").toString());
        }
        assertTrue(f32(useful.formatted("{\"0\":[1,2]}")).get("error").textValue().contains("starts must be two rows of the class"));
    }

    @Test
    void floatsHaveNineDigitsAndComeBack() throws IOException {
        String half = f32(logSumExp("1", "1")).at("/outputs/grad_logits/data/1").toString();
        assertEquals("0.5", half);
        JsonNode lse = f32(logSumExp("1", "1")).at("/outputs/lse/data/0");
        assertEquals((float) (1 + Math.log(2)), lse.floatValue(), Math.ulp(2f));
        assertEquals("1.69314718", lse.toString());
    }

    @Test
    void doublesHaveSeventeenDigits() throws IOException {
        JsonNode lse = answer(DataType.F64, "reference", logSumExp("1", "1")).at("/outputs/lse/data/0");
        assertEquals(1 + Math.log(2), lse.doubleValue(), Math.ulp(2.0));
        assertTrue(lse.toString().length() <= 18, lse.toString());
    }

    @Test
    void whatIsNotFiniteTravelsAsWords() throws IOException {
        JsonNode answer = f32(logSumExp("\"-Infinity\"", "0"));
        assertEquals("\"Infinity\"", answer.at("/outputs/loss/data/0").toString());
        assertEquals("\"NaN\"", f32(logSumExp("\"NaN\"", "0")).at("/outputs/loss/data/0").toString());
    }

    @Test
    void integersMustBeIntegers() throws IOException {
        JsonNode answer = f32("""
                {"id":1,"kernel":"cross_entropy","inputs":{"logits":{"shape":[1,2],"data":[0,1]},
                "targets":{"shape":[1],"data":[0.5]}}}""");
        assertTrue(answer.get("error").textValue().contains("targets"), answer.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            null | nope
            null | ``
            null | {"id":3} {"id":4}
            null | {"id":3,"id":4}
            null | [1,2]
            5    | {"id":5}
            5    | {"id":5,"kernel":"no_such_kernel"}
            5    | {"id":5,"kernel":"cross_entropy"}
            5    | {"id":5,"kernel":"cross_entropy","inputs":[]}
            5    | {"id":5,"kernel":"cross_entropy","inputs":{"logits":3}}
            5    | {"id":5,"kernel":"cross_entropy","inputs":{"logits":{"shape":[2,2],"data":[1]}}}
            5    | {"id":5,"kernel":"cross_entropy","inputs":{"logits":{"shape":[-1],"data":[1]}}}
            5    | {"id":5,"kernel":"cross_entropy","inputs":{"logits":{"shape":[1],"data":["one"]}}}
            5    | {"id":5,"kernel":"cross_entropy","inputs":{"mystery":{"shape":[1],"data":[1]}}}
            5    | {"id":5,"kernel":"cross_entropy","inputs":{},"params":{"label_smoothing":null}}
            """)
    void refusesWithAReason(String id, String line) throws IOException {
        JsonNode answer = f32(line);
        assertEquals(id, answer.get("id").toString());
        assertFalse(answer.get("error").textValue().isBlank());
        assertFalse(answer.has("outputs"));
    }

    @Test
    void goesOnAfterARefusal() {
        try (Basin basin = Basin.open(Basin.Options.defaults().backend("java").threads(1))) {
            EvalSession session = new EvalSession(basin, Layout.of(DataType.F32));
            assertTrue(session.answer(oneRow("[0,1]", "9")).contains("\"error\""));
            assertTrue(session.answer(oneRow("[0,1]", "1")).contains("\"outputs\""));
        }
    }

    private static String logSumExp(String first, String second) {
        return oneRow("[" + first + "," + second + "]", "0");
    }

    private static String oneRow(String logits, String target) {
        return """
                {"id":1,"kernel":"cross_entropy","inputs":{"logits":{"shape":[1,2],"data":%s},\
                "targets":{"shape":[1],"data":[%s]}}}""".formatted(logits, target);
    }

    private static JsonNode f32(String line) throws IOException {
        return answer(DataType.F32, "java", line);
    }

    private static JsonNode answer(DataType type, String backend, String line) throws IOException {
        try (Basin basin = Basin.open(Basin.Options.defaults().backend(backend).threads(1))) {
            String answer = new EvalSession(basin, Layout.of(type)).answer(line);
            assertFalse(answer.contains("\n"), answer);
            return MAPPER.readTree(answer);
        }
    }
}
