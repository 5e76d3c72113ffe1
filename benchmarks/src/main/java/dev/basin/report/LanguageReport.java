package dev.basin.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.basin.demo.language.Corpus;
import dev.basin.demo.language.LanguageRun;
import dev.basin.demo.language.StepTimes;
import java.util.List;

/** A page about language models with different output layers: one file with curves, the time of a step, and a table. */
public final class LanguageReport extends Page {
    private final List<LanguageRun> runs;
    private final List<StepTimes.Point> times;
    private final Corpus corpus;
    private final long seed;

    public LanguageReport(List<LanguageRun> runs, List<StepTimes.Point> times, Corpus corpus, long seed, Machine machine) {
        super("language", "Basin: words of the King James Bible", machine);
        this.runs = List.copyOf(runs);
        this.times = List.copyOf(times);
        this.corpus = corpus;
        this.seed = seed;
    }

    @Override
    void describe(ObjectNode data) {
        data.put("seed", seed);
        data.put("vocabulary", corpus.vocabulary().size());
        data.put("verses", corpus.verses());
        data.put("heldOutVerses", corpus.heldOutVerses());
        data.put("trainingWords", corpus.training().count());
        data.put("testWords", corpus.test().count());
        ArrayNode list = data.putArray("runs");
        runs.forEach(run -> list.add(run(run)));
        ArrayNode points = data.putArray("times");
        times.forEach(point -> points.addObject().put("layer", point.kind().title()).put("words", point.words())
                .put("seconds", point.seconds()).put("stabilizationSeconds", point.stabilizationSeconds()));
    }

    private static ObjectNode run(LanguageRun run) {
        ObjectNode node = MAPPER.createObjectNode();
        node.put("backend", run.backend());
        node.put("layer", run.kind().title());
        node.put("setting", run.kind().setting());
        node.put("words", run.words());
        node.put("secondsPerEpoch", run.secondsPerEpoch());
        node.put("outputSecondsPerEpoch", run.outputSecondsPerEpoch());
        node.put("stabilizationSecondsPerEpoch", run.stabilizationSecondsPerEpoch());
        node.put("keptBytes", run.keptBytes());
        node.put("allocatedBytes", run.allocatedBytes());
        ArrayNode epochs = node.putArray("epochs");
        for (LanguageRun.Epoch epoch : run.epochs()) {
            ObjectNode point = epochs.addObject();
            put(point, "trainingLoss", epoch.trainingLoss());
            put(point, "top1", epoch.top1());
            put(point, "top10", epoch.top10());
            put(point, "perplexity", epoch.perplexity());
            put(point, "seconds", epoch.seconds());
        }
        return node;
    }

    /** A gap where there is no number. */
    private static void put(ObjectNode node, String name, double value) {
        node.put(name, Double.isFinite(value) ? (Double) value : null);
    }
}
