package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.distributed.FederatedAverage;
import dev.basin.distributed.ProjectedGradient;
import dev.basin.distributed.SmallClassifier;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Page 62-federated-adversarial: projected gradient ascent on inputs, and averages of clients. */
final class FederatedSpecs {
    private static final String PAGE = "62-federated-adversarial";
    private static final int CLASSES = 3;

    static final Spec STEP = Spec.named("pgd_step", PAGE, "A step of projected gradient ascent on inputs")
            .size("rows", 1, 9)
            .size("columns", 1, 300)
            .input("x", Sampler.uniform(0, 1), "rows", "columns")
            .input("grad", Sampler.normal(1), "rows", "columns")
            .input("x0", Sampler.uniform(0, 1), "rows", "columns")
            .parameter(norm())
            .parameter(Parameter.real("rho", 0.1, 0.0, 0.1, 1.0))
            .parameter(Parameter.real("step", 0.05, 0.05, 0.3))
            .parameter(Parameter.optionalReal("lo", -Float.MAX_VALUE, 0.0))
            .parameter(Parameter.optionalReal("hi", Float.MAX_VALUE, 1.0))
            .output("x", "rows", "columns")
            .stressing("grad")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.POSITIVE_INFINITY, HardCase.NEGATIVE_INFINITY,
                    HardCase.NEGATIVE_INFINITY_ROW, HardCase.NAN_ROW, HardCase.EMPTY)
            .discontinuous()
            .computedBy(FederatedSpecs::step);

    static final Spec ATTACK = Spec.named("pgd_attack", PAGE, "Projected gradient ascent against a small classifier")
            .size("rows", 1, 9)
            .size("columns", 1, 40)
            .listInput("W", Sampler.normal(1), "columns")
            .input("x", Sampler.uniform(0, 1), "rows", "columns")
            .integerInput("y", (random, _) -> random.nextInt(CLASSES), "rows")
            .optionalInput("start", Sampler.uniform(0, 1), "rows", "columns")
            .parameter(norm())
            .parameter(Parameter.real("rho", 0.1, 0.1, 1.0))
            .parameter(Parameter.real("step", 0.05, 0.05, 0.3))
            .parameter(Parameter.optionalReal("lo", -Float.MAX_VALUE, 0.0))
            .parameter(Parameter.optionalReal("hi", Float.MAX_VALUE, 1.0))
            .parameter(Parameter.integer("pgd_steps", 2, 0L, 1L, 2L))
            .output("x_adv", "rows", "columns")
            .output("loss")
            .stressing("x")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.POSITIVE_INFINITY, HardCase.NEGATIVE_INFINITY,
                    HardCase.NEGATIVE_INFINITY_ROW, HardCase.NAN_ROW, HardCase.EMPTY, HardCase.TIES, HardCase.SATURATED,
                    HardCase.PARALLEL, HardCase.LONG_ROW, HardCase.CONFINED)
            .discontinuous()
            .fitting(FederatedSpecs::withLayers)
            .computedBy(FederatedSpecs::attack);

    static final Spec AVERAGE = Spec.named("federated_average", PAGE, "The weighted average of clients")
            .size("size", 1, 500)
            .listInput("W", Sampler.normal(1), "size")
            .listInput("clients", Sampler.normal(1), "size")
            .listInput("weights", Sampler.uniform(0.1, 2), "size")
            .parameter(Parameter.real("lr_global", 1, 0.5, 1.0))
            .listOutput("W")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.POSITIVE_INFINITY, HardCase.NEGATIVE_INFINITY,
                    HardCase.NEGATIVE_INFINITY_ROW, HardCase.NAN_ROW, HardCase.EMPTY, HardCase.LONG_ROW)
            .fitting(FederatedSpecs::withTwoClients)
            .computedBy(FederatedSpecs::average);

    static final Spec ROUND = Spec.named("fal_round", PAGE, "A round of federated adversarial learning")
            .size("size", 1, 30)
            .listInput("W", Sampler.normal(1), "size")
            .listInput("clients", Sampler.normal(1), "size")
            .integerInput("clients_lengths", Sampler.coin(), "size")
            .parameter(norm())
            .parameter(Parameter.real("rho", 0.1, 0.1))
            .parameter(Parameter.real("step", 0.05, 0.05))
            .parameter(Parameter.optionalReal("lo", -Float.MAX_VALUE, (double) -Float.MAX_VALUE))
            .parameter(Parameter.optionalReal("hi", Float.MAX_VALUE, (double) Float.MAX_VALUE))
            .parameter(Parameter.integer("pgd_steps", 2, 0L, 2L))
            .parameter(Parameter.real("lr_local", 0.1, 0.1, 0.5))
            .parameter(Parameter.real("lr_global", 1, 0.5, 1.0))
            .listOutput("W")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.POSITIVE_INFINITY, HardCase.NEGATIVE_INFINITY,
                    HardCase.NEGATIVE_INFINITY_ROW, HardCase.NAN_ROW, HardCase.EMPTY, HardCase.TIES, HardCase.SATURATED,
                    HardCase.PARALLEL, HardCase.LONG_ROW, HardCase.CONFINED, HardCase.ODD_TAILS, HardCase.ONE_COLUMN)
            .discontinuous()
            .fitting(FederatedSpecs::withBatches)
            .computedBy(FederatedSpecs::round);

    private FederatedSpecs() {}

    private static Parameter norm() {
        return Parameter.word("norm", "linf", "l2");
    }

    private static ProjectedGradient ascent(Evaluation evaluation) {
        return new ProjectedGradient(
                evaluation.word("norm").equals("linf") ? ProjectedGradient.Norm.LARGEST : ProjectedGradient.Norm.EUCLIDEAN,
                evaluation.real("rho"), evaluation.real("step"), evaluation.real("lo"), evaluation.real("hi"));
    }

    private static void step(Evaluation evaluation) {
        Tensor x = evaluation.tensor("x");
        Tensor gradient = evaluation.tensor("grad");
        Tensor origin = evaluation.tensor("x0");
        ProjectedGradient ascent = ascent(evaluation);
        evaluation.measure("step", () -> ascent.step(evaluation.basin(), x, gradient, origin));
        evaluation.result("x", x);
    }

    /** A weight and a bias in place of the vectors drawn. */
    private static Case withLayers(Case drawn) {
        int columns = (int) drawn.inputs().get("x").getFirst().shape()[1];
        Random random = new Random(drawn.id().hashCode());
        double[] weights = new double[CLASSES * columns];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = random.nextGaussian();
        }
        Map<String, List<Value>> inputs = new LinkedHashMap<>(drawn.inputs());
        inputs.put("W", List.of(Value.real(weights, CLASSES, columns), Value.real(new double[] {.1, -.1, .2}, CLASSES)));
        return new Case(drawn.id(), drawn.layout(), inputs, drawn.parameters());
    }

    private static void attack(Evaluation evaluation) {
        Tensor x = evaluation.tensor("x");
        Tensor labels = evaluation.tensor("y");
        Tensor start = evaluation.optional("start");
        Tensor moved = evaluation.output("x_adv", x.shape());
        SmallClassifier model = new SmallClassifier(evaluation.basin(), evaluation.tensors("W"));
        double loss = evaluation.measured(() -> ascent(evaluation).attack(
                evaluation.basin(), model, x, labels, start, evaluation.integer("pgd_steps"), moved));
        evaluation.result("loss", loss / x.rows());
    }

    /** Two clients with tensors shaped like the server's, one list behind the other, and a weight each. */
    private static Case withTwoClients(Case drawn) {
        Random random = new Random(drawn.id().hashCode());
        List<Value> clients = new ArrayList<>();
        for (int client = 0; client < 2; client++) {
            for (Value own : drawn.inputs().get("W")) {
                clients.add(Value.real(random.doubles(own.data().length, -1, 1).toArray(), own.shape()));
            }
        }
        Map<String, List<Value>> inputs = new LinkedHashMap<>(drawn.inputs());
        inputs.put("clients", clients);
        inputs.put("weights", List.of(Value.scalar(1), Value.scalar(2)));
        return new Case(drawn.id(), drawn.layout(), inputs, drawn.parameters());
    }

    /** Two clients: one with a batch and its labels, one with two. */
    private static Case withBatches(Case drawn) {
        Random random = new Random(drawn.id().hashCode());
        int columns = drawn.inputs().get("W").getFirst().data().length;
        double[] weights = random.doubles((long) CLASSES * columns, -1, 1).toArray();
        List<Value> clients = new ArrayList<>();
        for (int rows : new int[] {4, 3, 2}) {
            clients.add(Value.real(random.doubles((long) rows * columns, -1, 1).toArray(), rows, columns));
            clients.add(Value.real(random.ints(rows, 0, CLASSES).asDoubleStream().toArray(), rows));
        }
        Map<String, List<Value>> inputs = new LinkedHashMap<>();
        inputs.put("W", List.of(Value.real(weights, CLASSES, columns), Value.real(new double[] {.1, -.1, .2}, CLASSES)));
        inputs.put("clients", clients);
        inputs.put("clients_lengths", List.of(Value.integer(new double[] {2, 4}, 2)));
        return new Case(drawn.id(), drawn.layout(), inputs, drawn.parameters());
    }

    /** A client is a list of inputs and labels by turns, a pair a local step; its weight is the number of rows of its largest batch. */
    private static void round(Evaluation evaluation) {
        List<Tensor> server = evaluation.tensors("W");
        List<Tensor> batches = evaluation.tensors("clients");
        Tensor lengths = evaluation.tensor("clients_lengths");
        FederatedAverage average = new FederatedAverage(evaluation.basin(), server);
        int at = 0;
        for (int client = 0; client < lengths.size(); client++) {
            List<Tensor> own = batches.subList(at, at + (int) lengths.get(client));
            at += own.size();
            long rows = 0;
            List<Tensor> weights = evaluation.tensors("W");
            for (int i = 0; i + 1 < own.size(); i += 2) {
                train(evaluation, weights, own.get(i), own.get(i + 1));
                rows = Math.max(rows, own.get(i).rows());
            }
            average.add(weights, rows);
        }
        average.apply(evaluation.real("lr_global"));
        Tensor inputs = batches.getFirst();
        evaluation.measureBeside("step", () -> train(evaluation, server, inputs, batches.get(1)));
        for (int i = 0; i < server.size(); i++) {
            evaluation.result("W" + i, server.get(i));
        }
    }

    private static void train(Evaluation evaluation, List<Tensor> weights, Tensor inputs, Tensor given) {
        int[] labels = new int[(int) given.size()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = (int) given.get(i);
        }
        SmallClassifier model = new SmallClassifier(evaluation.basin(), weights);
        Tensor moved = Tensor.allocate(Arena.ofAuto(), inputs.type(), inputs.shape());
        ascent(evaluation).attack(
                evaluation.basin(), model, inputs, Tensor.of(labels), null, evaluation.integer("pgd_steps"), moved);
        model.descend(moved, Tensor.of(labels), evaluation.real("lr_local"));
    }

    private static void average(Evaluation evaluation) {
        List<Tensor> server = evaluation.tensors("W");
        List<Tensor> clients = evaluation.tensors("clients");
        List<Tensor> weights = evaluation.tensors("weights");
        if (clients.size() != server.size() * weights.size()) {
            throw new IllegalArgumentException("clients must have " + server.size() + " tensors each and a weight each, got "
                    + clients.size() + " tensors and " + weights.size() + " weights");
        }
        FederatedAverage average = new FederatedAverage(evaluation.basin(), server);
        evaluation.measure(() -> {
            for (int i = 0; i < weights.size(); i++) {
                average.add(clients.subList(i * server.size(), (i + 1) * server.size()), weights.get(i).get(0));
            }
            average.apply(evaluation.real("lr_global"));
        });
        for (int i = 0; i < server.size(); i++) {
            evaluation.result("W" + i, server.get(i));
        }
    }
}
