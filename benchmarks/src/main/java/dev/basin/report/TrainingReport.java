package dev.basin.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.basin.demo.Digits;
import dev.basin.demo.TrainingRun;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** A page about training runs: one file with curves, table, and where and when it was measured; needs nothing beside it. */
public final class TrainingReport extends Page {
    private final List<TrainingRun> runs;
    private final Digits.Split digits;
    private final long seed;

    public TrainingReport(List<TrainingRun> runs, Digits.Split digits, long seed, Machine machine) {
        super("training", "Basin: training on handwritten digits", machine);
        this.runs = List.copyOf(runs);
        this.digits = digits;
        this.seed = seed;
    }

    @Override
    void describe(ObjectNode data) {
        data.put("seed", seed);
        data.put("trainingCount", digits.training().count());
        data.put("testCount", digits.test().count());
        ArrayNode list = data.putArray("runs");
        runs.forEach(run -> list.add(run(run)));
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
