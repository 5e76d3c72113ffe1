package dev.basin.report;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.basin.demo.Digits;
import dev.basin.demo.TrainingRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** A page about training runs: one file with curves, table, and where and when it was measured; needs nothing beside it. */
public final class TrainingReport {
    private static final JsonMapper MAPPER = new JsonMapper();

    private final List<TrainingRun> runs;
    private final Digits.Split digits;
    private final long seed;
    private final Machine machine;

    public TrainingReport(List<TrainingRun> runs, Digits.Split digits, long seed, Machine machine) {
        this.runs = List.copyOf(runs);
        this.digits = digits;
        this.seed = seed;
        this.machine = machine;
    }

    /** Writes the page, with the folders that lead to it, and says where it is. */
    public Path write(Path file) throws IOException {
        return Page.write(file, html());
    }

    String html() throws IOException {
        return Page.of("training", "Basin: training on handwritten digits", data());
    }

    private ObjectNode data() {
        ObjectNode data = MAPPER.createObjectNode();
        data.put("date", Page.now());
        data.put("seed", seed);
        data.put("trainingCount", digits.training().count());
        data.put("testCount", digits.test().count());
        data.set("machine", MAPPER.valueToTree(machine));
        ArrayNode list = data.putArray("runs");
        runs.forEach(run -> list.add(run(run)));
        return data;
    }

    private ObjectNode run(TrainingRun run) {
        ObjectNode node = MAPPER.createObjectNode();
        node.put("backend", run.backend());
        node.put("loss", run.recipe().loss().title());
        node.put("optimizer", run.recipe().optimizer().title());
        node.put("accuracy", run.testAccuracy());
        node.put("finalLoss", Double.isFinite(run.testLoss()) ? (Double) run.testLoss() : null);
        node.put("seconds", run.seconds());
        node.put("secondsPerStep", run.secondsPerStep());
        node.put("stateBytes", run.stateBytes());
        node.put("kernelShare", run.kernelShare());
        node.put("checksum", run.checksum());
        node.set("trainingLoss", curve(run, TrainingRun.Epoch::trainingLoss));
        node.set("testLoss", curve(run, TrainingRun.Epoch::testLoss));
        node.set("testAccuracy", curve(run, TrainingRun.Epoch::testAccuracy));
        node.set("mistakes", mistakes(run));
        return node;
    }

    private static ArrayNode curve(TrainingRun run, ToDoubleFunction<TrainingRun.Epoch> value) {
        ArrayNode curve = MAPPER.createArrayNode();
        for (TrainingRun.Epoch epoch : run.epochs()) {
            double point = value.applyAsDouble(epoch);
            curve.add(Double.isFinite(point) ? (Double) point : null); // a gap
        }
        return curve;
    }

    /** The test digits that were taken for others, with their pixels in sixteenths. */
    private ArrayNode mistakes(TrainingRun run) {
        Digits test = digits.test();
        ArrayNode mistakes = MAPPER.createArrayNode();
        for (int i = 0; i < test.count(); i++) {
            if (run.predictions()[i] != test.labels()[i]) {
                ObjectNode mistake = mistakes.addObject().put("label", test.labels()[i]).put("taken", run.predictions()[i]);
                ArrayNode pixels = mistake.putArray("pixels");
                for (float pixel : test.image(i)) {
                    pixels.add(Math.round(16 * pixel));
                }
            }
        }
        return mistakes;
    }
}
