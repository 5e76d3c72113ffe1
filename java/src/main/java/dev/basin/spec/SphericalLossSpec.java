package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.loss.SphericalLoss;
import java.util.List;

/** Page 01-z-loss: losses of the spherical family from three sums. */
final class SphericalLossSpec {
    static final Spec SPEC = Spec.named("spherical_loss", "01-z-loss", "Losses of the spherical family from three sums")
            .size("rows", 1, 300)
            .input("target_logit", Sampler.normal(2), "rows")
            .input("sum_sq", Sampler.uniform(60, 4000), "rows")
            .input("sum", Sampler.uniform(-50, 50), "rows")
            .parameter(Parameter.word("loss", "z", "mse", "taylor_softmax", "spherical_softmax"))
            .parameter(Parameter.integer("D", 100, 50L, 100L, 1000L))
            .parameter(Parameter.real("a", 1, 0.5, 1.0, 3.0))
            .parameter(Parameter.real("b", 0, -1.0, 0.0, 3.0))
            .parameter(Parameter.real("eps", 1e-12, 0.0, 1e-12, 1e-3))
            .parameter(Parameter.real("veps", 1e-3, 1e-3, 0.1))
            .output("loss", "rows")
            .output("grad_target_logit", "rows")
            .output("grad_sum_sq", "rows")
            .output("grad_sum", "rows")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.POSITIVE_INFINITY)
            .tolerance(1e-6, 1e-12, "f64 on every backend, rounded once to f32")
            .computedBy(SphericalLossSpec::evaluate);

    /** In the order of the kinds. */
    private static final List<String> WORDS = List.of("z", "mse", "taylor_softmax", "spherical_softmax");

    private SphericalLossSpec() {}

    private static void evaluate(Evaluation evaluation) {
        SphericalLoss.Kind kind = SphericalLoss.Kind.values()[WORDS.indexOf(evaluation.word("loss"))];
        SphericalLoss loss = new SphericalLoss(kind)
                .sharpness(evaluation.real("a"))
                .location(evaluation.real("b"))
                .epsilon(evaluation.real("eps"))
                .scoreEpsilon(evaluation.real("veps"));
        Tensor targetLogits = evaluation.tensor("target_logit");
        Tensor squares = evaluation.tensor("sum_sq");
        Tensor sums = evaluation.tensor("sum");
        long rows = targetLogits.size();
        Tensor losses = evaluation.output("loss", rows);
        Tensor gradTarget = evaluation.output("grad_target_logit", rows);
        Tensor gradSquares = evaluation.output("grad_sum_sq", rows);
        Tensor gradSums = evaluation.output("grad_sum", rows);
        evaluation.measure(() -> loss.forwardBackward(
                evaluation.basin(), targetLogits, squares, sums, evaluation.integer("D"), losses, gradTarget, gradSquares, gradSums));
    }
}
