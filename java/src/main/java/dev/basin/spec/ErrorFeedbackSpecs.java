package dev.basin.spec;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.distributed.Compressor;
import dev.basin.distributed.ErrorFeedbackServer;
import dev.basin.distributed.ErrorFeedbackTheory;
import dev.basin.distributed.ErrorFeedbackWorker;
import dev.basin.optim.LargestSelection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Page 54-ef21: selection of the largest, error feedback and its step sizes. */
final class ErrorFeedbackSpecs {
    private static final String PAGE = "54-ef21";

    static final Spec TOP_K = Spec.named("topk", PAGE, "The largest magnitudes")
            .size("size", 1, 20_000)
            .halfInput("v", Sampler.normal(1), "size")
            .parameter(Parameter.integer("k", 2, 1L, 2L, 100L, 50_000L))
            .halfOutput("out", "size")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.NAN_ROW, HardCase.EMPTY)
            .exact("kept as they are, or 0")
            .computedBy(ErrorFeedbackSpecs::topK);

    static final Spec ROUND = Spec.named("ef21_round", PAGE, "A round of error feedback")
            .size("workers", 1, 5)
            .size("size", 1, 200)
            .input("grads", Sampler.normal(1), "workers", "size")
            .input("g", Sampler.normal(1), "workers", "size")
            .input("g_server", Sampler.normal(1), "size")
            .input("x", Sampler.normal(1), "size")
            .parameter(compressors())
            .parameter(Parameter.real("gamma", 0.1, 0.1, 1e-3))
            .optionalInput("weights", Sampler.uniform(0.1, 0.2), "workers")
            .output("g", "workers", "size")
            .output("g_server", "size")
            .output("x", "size")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.NAN_ROW, HardCase.EMPTY, HardCase.POSITIVE_INFINITY,
                    HardCase.NEGATIVE_INFINITY, HardCase.NEGATIVE_INFINITY_ROW)
            .discontinuous()
            .computedBy(ErrorFeedbackSpecs::round);

    static final Spec QUADRATIC = Spec.named("ef21_quadratic", PAGE, "Error feedback on quadratic functions")
            .size("workers", 1, 5)
            .size("size", 1, 40)
            .input("b", Sampler.normal(1), "workers", "size")
            .input("h", Sampler.uniform(0.2, 1), "workers", "size")
            .input("x", Sampler.normal(1), "size")
            .parameter(compressors())
            .parameter(Parameter.flag("weighted", false))
            .parameter(Parameter.real("gamma", 0.1, 0.1, 0.01))
            .parameter(Parameter.integer("steps", 3, 0L, 1L, 3L))
            .parameter(Parameter.word("init", "compressed", "full"))
            .output("x", "size")
            .output("g_server", "size")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.NAN_ROW, HardCase.EMPTY, HardCase.POSITIVE_INFINITY,
                    HardCase.NEGATIVE_INFINITY, HardCase.NEGATIVE_INFINITY_ROW, HardCase.TIES)
            .discontinuous()
            .computedBy(ErrorFeedbackSpecs::quadratic);

    static final Spec STEP_SIZE = Spec.named("step_size", PAGE, "Step sizes of error feedback")
            .size("workers", 1, 9)
            .input("Li", Sampler.uniform(0.1, 10), "workers")
            .parameter(Parameter.real("L", 1, 0.5, 25.75))
            .parameter(Parameter.real("alpha", 0.01, 0.01, 0.5, 1.0))
            .parameter(Parameter.word("rule", "arithmetic", "quadratic"))
            .output("gamma")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.NAN_ROW, HardCase.EMPTY, HardCase.POSITIVE_INFINITY,
                    HardCase.NEGATIVE_INFINITY, HardCase.NEGATIVE_INFINITY_ROW, HardCase.TIES, HardCase.SATURATED)
            .computedBy(ErrorFeedbackSpecs::stepSize);

    private ErrorFeedbackSpecs() {}

    private static Parameter compressors() {
        return Parameter.object(
                "comp", Map.of("name", "topk", "k", 2L), Map.of("name", "topk", "k", 10L), Map.of("name", "scaled_sign"),
                Map.of("name", "identity"));
    }

    private static Compressor compressor(Evaluation evaluation) {
        Map<?, ?> parts = evaluation.object("comp");
        return switch (parts.get("name")) {
            case String name when name.equals("topk") || name.equals("top_k") -> new Compressor.TopK(
                    parts.get("k") instanceof Number k ? k.longValue() : 1);
            case String name when name.equals("scaled_sign") || name.equals("sign") -> new Compressor.ScaledSign();
            case String name when name.equals("identity") -> new Compressor.Identity();
            case Object other -> throw new IllegalArgumentException("comp must be topk, scaled_sign or identity, got " + other);
        };
    }

    private static void topK(Evaluation evaluation) {
        Tensor v = evaluation.tensor("v");
        Tensor out = evaluation.output("out", v.shape());
        LargestSelection selection = new LargestSelection(v.size());
        evaluation.measure(() -> selection.keep(evaluation.basin(), v, evaluation.integer("k"), out));
    }

    private static void round(Evaluation evaluation) {
        List<Tensor> gradients = evaluation.parts("grads");
        Tensor x = evaluation.tensor("x");
        double[] weights = new double[gradients.size()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = evaluation.has("weights") ? evaluation.tensor("weights").get(i) : 1.0 / weights.length;
        }
        List<ErrorFeedbackWorker> workers = new ArrayList<>();
        for (int i = 0; i < weights.length; i++) {
            workers.add(worker(evaluation, x, weights[i], weights.length));
            copy(evaluation.parts("g").get(i), workers.get(i).known());
        }
        ErrorFeedbackServer server = new ErrorFeedbackServer(evaluation.basin(), x.size(), x.type());
        copy(evaluation.tensor("g_server"), server.total());
        evaluation.measure("round", () -> {
            for (int i = 0; i < weights.length; i++) {
                server.add(workers.get(i).update(gradients.get(i)), weights[i]);
            }
            server.move(x, evaluation.real("gamma"));
        });
        Tensor known = evaluation.output("g", weights.length, x.size());
        for (int i = 0; i < weights.length; i++) {
            for (long j = 0; j < x.size(); j++) {
                known.set(i * x.size() + j, workers.get(i).known().get(j));
            }
        }
        evaluation.result("g_server", server.total());
        evaluation.result("x", x);
    }

    private static ErrorFeedbackWorker worker(Evaluation evaluation, Tensor x, double weight, int workers) {
        double scale = evaluation.has("weights") ? 1 / (workers * weight) : 1;
        return new ErrorFeedbackWorker(evaluation.basin(), compressor(evaluation), x.size(), scale, x.type());
    }

    private static void copy(Tensor from, Tensor to) {
        for (long i = 0; i < to.size(); i++) {
            to.set(i, from.get(i));
        }
    }

    private static void quadratic(Evaluation evaluation) {
        Basin basin = evaluation.basin();
        Tensor x = evaluation.tensor("x");
        List<Tensor> centres = evaluation.parts("b");
        List<Tensor> curvatures = evaluation.parts("h");
        int count = centres.size();
        double[] smoothness = curvatures.stream().mapToDouble(ErrorFeedbackSpecs::largest).toArray();
        double[] weights = evaluation.flag("weighted") ? ErrorFeedbackTheory.weights(smoothness) : new double[count];
        List<ErrorFeedbackWorker> workers = new ArrayList<>();
        ErrorFeedbackServer server = new ErrorFeedbackServer(basin, x.size(), x.type());
        Tensor gradient = Tensor.allocate(java.lang.foreign.Arena.ofAuto(), x.type(), x.size());
        for (int i = 0; i < count; i++) {
            weights[i] = evaluation.flag("weighted") ? weights[i] : 1.0 / count;
            double scale = 1 / (count * weights[i]);
            Compressor first = evaluation.word("init").equals("full") ? new Compressor.Identity() : compressor(evaluation);
            fillGradient(x, centres.get(i), curvatures.get(i), gradient);
            ErrorFeedbackWorker beginning = new ErrorFeedbackWorker(basin, first, x.size(), scale, x.type());
            server.add(beginning.update(gradient), weights[i]);
            workers.add(new ErrorFeedbackWorker(basin, compressor(evaluation), x.size(), scale, x.type()));
            workers.get(i).known().copyFrom(beginning.known());
        }
        for (int step = 0; step < evaluation.integer("steps"); step++) {
            server.move(x, evaluation.real("gamma"));
            for (int i = 0; i < count; i++) {
                fillGradient(x, centres.get(i), curvatures.get(i), gradient);
                server.add(workers.get(i).update(gradient), weights[i]);
            }
        }
        evaluation.measureBeside("worker", () -> workers.getFirst().update(gradient));
        evaluation.result("x", x);
        evaluation.result("g_server", server.total());
    }

    private static double largest(Tensor values) {
        double largest = 0;
        for (long i = 0; i < values.size(); i++) {
            largest = Math.max(largest, values.get(i));
        }
        return largest;
    }

    private static void fillGradient(Tensor x, Tensor centre, Tensor curvature, Tensor gradient) {
        for (long i = 0; i < x.size(); i++) {
            gradient.set(i, curvature.get(i) * (x.get(i) - centre.get(i)));
        }
    }

    private static void stepSize(Evaluation evaluation) {
        Tensor constants = evaluation.tensor("Li");
        double[] workers = new double[Math.toIntExact(constants.size())];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = constants.get(i);
        }
        ErrorFeedbackTheory.Mean mean =
                ErrorFeedbackTheory.Mean.valueOf(evaluation.word("rule").toUpperCase(java.util.Locale.ROOT));
        evaluation.result("gamma",
                evaluation.measured(() -> ErrorFeedbackTheory.stepSize(evaluation.real("L"), workers, evaluation.real("alpha"), mean)));
    }
}
