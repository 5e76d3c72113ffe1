package dev.basin.spec;

import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.gemm.Gemm;
import dev.basin.matrix.Matrix;
import dev.basin.optim.Choice;
import dev.basin.optim.Frugal;
import dev.basin.optim.Split;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Page 32-frugal: FRUGAL over chosen entries and in a subspace of low rank. */
final class FrugalSpecs {
    static final Spec MASKED = described(Spec.named("frugal_masked", "32-frugal", "FRUGAL on columns, rows, entries or blocks")
                    .size("steps", 1, 5).size("rows", 1, 40).size("columns", 1, 300)
                    .input("w", Sampler.normal(1), "rows", "columns")
                    .halfInput("grads", Sampler.normal(1), "steps", "rows", "columns")
                    .maskListInput("masks", "rows", "columns"), "no", "sgd", "sign_sgd")
            .parameter(Parameter.word("kind", "columns", "rows", "randk", "block_on", "block_off"))
            .output("w", "rows", "columns").output("m", "rows", "columns").output("v", "rows", "columns")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.POSITIVE_INFINITY, HardCase.NEGATIVE_INFINITY,
                    HardCase.NEGATIVE_INFINITY_ROW)
            .computedBy(FrugalSpecs::evaluateMasked);

    static final Spec LOW_RANK = described(Spec.named("frugal_lowrank", "32-frugal", "FRUGAL in a subspace of low rank")
                    .size("steps", 1, 4).size("height", 2, 20).size("breadth", 2, 40)
                    .input("w", Sampler.normal(1), "height", "breadth")
                    .input("grads", Sampler.normal(1), "steps", "height", "breadth"), "no", "sign_sgd")
            .parameter(Parameter.real("density", 0.25, 0.25, 0.5))
            .parameter(Parameter.word("side", "left", "right"))
            .output("w", "height", "breadth").output("low_rank_grad_norm").output("residual_norm")
            // Where nothing but rounding is left outside of a subspace, that of 300,000 numbers or of large ones has a norm beyond the
            // tolerance; and AdamW makes a move of full size of rounding in the subspace.
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.PARALLEL, HardCase.CONFINED, HardCase.SATURATED)
            .tolerance(1e-5, 1e-5, "f32; what is left outside of a subspace is a difference of numbers around 1")
            .computedBy(FrugalSpecs::evaluateLowRank);

    private FrugalSpecs() {}

    private static Spec.Builder described(Spec.Builder builder, String... rules) {
        return builder
                .parameter(Parameter.real("lr", 1e-3, 1e-3, 0.1))
                .parameter(Parameter.real("beta1", 0.9, 0.9, 0.5))
                .parameter(Parameter.real("beta2", 0.999, 0.999, 0.9))
                .parameter(Parameter.real("eps", 1e-8, 1e-8, 1e-3))
                .parameter(Parameter.real("lr_scale", 1, 1.0, 0.5))
                .parameter(Parameter.real("wd", 0, 0.0, 0.1))
                .parameter(Parameter.word("rule", rules))
                .parameter(Parameter.real("free_scale", 1, 1.0, 0.1))
                .parameter(Parameter.integer("gap", 200, 1L, 2L, 200L))
                .stressing("grads")
                .discontinuous();
    }

    private static Frugal.Options options(Evaluation evaluation, Split split) {
        Frugal.Rule rule = switch (evaluation.word("rule")) {
            case "no" -> Frugal.Rule.NONE;
            case "sgd" -> Frugal.Rule.SGD;
            default -> Frugal.Rule.SIGN_SGD;
        };
        return new Frugal.Options(split, evaluation.integer("gap"), rule, evaluation.real("beta1"), evaluation.real("beta2"),
                evaluation.real("eps"), evaluation.real("wd"), evaluation.real("lr_scale"), evaluation.real("free_scale"));
    }

    private static void evaluateMasked(Evaluation evaluation) {
        Tensor weights = evaluation.tensor("w");
        int columns = Math.toIntExact(weights.columns());
        int rows = Math.toIntExact(weights.rows());
        List<int[]> chosen = new ArrayList<>();
        String kind = evaluation.word("kind");
        for (Tensor mask : evaluation.tensors("masks")) {
            chosen.add(switch (kind) {
                case "columns" -> IntStream.range(0, rows == 0 ? 0 : columns).filter(c -> mask.get(c) != 0).toArray();
                case "rows" -> IntStream.range(0, columns == 0 ? 0 : rows).filter(r -> mask.get((long) r * columns) != 0).toArray();
                case "randk" -> IntStream.range(0, rows * columns).filter(i -> mask.get(i) != 0).toArray();
                default -> new int[0];
            });
        }
        Split split = switch (kind) {
            case "columns" -> new Split.Columns(Choice.given(chosen));
            case "rows" -> new Split.Rows(Choice.given(chosen));
            case "randk" -> new Split.Entries(Choice.given(chosen));
            default -> new Split.Blocks(kind.equals("block_on") ? 1 : 0, Split.Order.ASCENDING, 0);
        };
        Frugal frugal = Frugal.over(evaluation.basin(), List.of(weights), options(evaluation, split));
        step(evaluation, frugal);
        evaluation.result("w", weights);
        int subspace = (int) Math.max(0, (frugal.steps() - 1) / evaluation.integer("gap"));
        int[] last = chosen.isEmpty() ? new int[0] : chosen.get(Math.min(subspace, chosen.size() - 1));
        int[] places = switch (kind) {
            case "columns" -> IntStream.range(0, rows).flatMap(r -> IntStream.of(last).map(c -> r * columns + c)).toArray();
            case "rows" -> IntStream.of(last).flatMap(r -> IntStream.range(0, columns).map(c -> r * columns + c)).toArray();
            case "randk" -> last;
            default -> IntStream.range(0, kind.equals("block_on") ? rows * columns : 0).toArray();
        };
        Map<String, List<Tensor>> state = frugal.state();
        dense(evaluation.output("m", weights.shape()), places, state.get("first_moment").getFirst());
        dense(evaluation.output("v", weights.shape()), places, state.get("second_moment").getFirst());
    }

    private static void dense(Tensor dense, int[] places, Tensor compact) {
        for (long i = 0; i < dense.size(); i++) {
            dense.set(i, 0);
        }
        for (int i = 0; i < places.length; i++) {
            dense.set(places[i], compact.get(i));
        }
    }

    private static void step(Evaluation evaluation, Frugal frugal) {
        for (Tensor gradient : evaluation.parts("grads")) {
            evaluation.measure("step", () -> frugal.step(List.of(gradient), evaluation.real("lr")));
        }
    }

    private static void evaluateLowRank(Evaluation evaluation) {
        Tensor weights = evaluation.tensor("w");
        boolean right = evaluation.word("side").equals("right");
        Split split = new Split.LowRank(evaluation.real("density"), right ? Split.Side.RIGHT : Split.Side.LEFT);
        Frugal frugal = Frugal.over(evaluation.basin(), List.of(weights), options(evaluation, split));
        step(evaluation, frugal);
        evaluation.result("w", weights);
        List<Tensor> gradients = evaluation.parts("grads");
        Tensor projector = frugal.state().get("projector").getFirst();
        double[] norms = gradients.isEmpty() ? new double[2] : norms(evaluation.basin().gemm(), projector, gradients.getLast(), right);
        evaluation.result("low_rank_grad_norm", norms[0]);
        evaluation.result("residual_norm", norms[1]);
    }

    /** The norms of the part of a gradient in the subspace, and of the rest. */
    private static double[] norms(Gemm gemm, Tensor projector, Tensor gradient, boolean right) {
        Matrix g = Matrix.of(DataType.F64, gradient);
        if (projector.size() == 0) {
            return new double[] {0, Math.sqrt(g.squaredNorm())};
        }
        Matrix p = Matrix.of(DataType.F64, projector);
        Matrix low = right
                ? Matrix.zeros(DataType.F64, g.rows(), p.rows())
                : Matrix.zeros(DataType.F64, p.columns(), g.columns());
        low.multiply(gemm, 1, !right, right ? g : p, right, right ? p : g, 0);
        g.multiply(gemm, -1, false, right ? low : p, false, right ? p : low, 1);
        return new double[] {Math.sqrt(low.squaredNorm()), Math.sqrt(g.squaredNorm())};
    }
}
