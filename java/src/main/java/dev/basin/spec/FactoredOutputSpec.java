package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.loss.FactoredOutputLayer;
import dev.basin.loss.Reduction;
import dev.basin.loss.SphericalLoss;
import java.util.List;

/** Page 01-z-loss: steps of a factored output layer; the weights decay by {@code 1 - eta weight_decay} after each. */
final class FactoredOutputSpec {
    static final Spec SPEC = Spec.named("factored_output_steps", "01-z-loss", "Factored output layer: exact steps without logits")
            .size("steps", 1, 3)
            .size("rows", 1, 17)
            .size("classes", 20, 100)
            .size("width", 2, 8) // with one the Z-loss does not see the hidden value, and its gradient is rounding
            .input("W0", Sampler.normal(0.5), "classes", "width")
            .input("H", Sampler.normal(1), "steps", "rows", "width")
            .integerInput("targets", Sampler.labels("classes"), "steps", "rows")
            .parameter(Parameter.word("loss", "z", "mse", "taylor_softmax", "spherical_softmax"))
            .parameter(Parameter.real("eta", 0.01, 0.001, 0.01))
            .parameter(Parameter.integer("steps", 0, 0L))
            .parameter(Parameter.real("a", 1, 0.5, 1.0, 3.0))
            .parameter(Parameter.real("b", 0, 0.0, 3.0))
            .parameter(Parameter.real("eps", 1e-12, 1e-12, 1e-3))
            .parameter(Parameter.real("veps", 1e-3, 1e-3, 0.1))
            .parameter(Parameter.real("weight_decay", 0, 0.0, 0.1))
            .listOutput("loss_")
            .listOutput("grad_H_")
            .output("W", "classes", "width")
            .output("Q", "width", "width")
            .output("w_bar", "width")
            .without(HardCase.IN_PLACE, HardCase.STRIDED, HardCase.POSITIVE_INFINITY, HardCase.NEGATIVE_INFINITY,
                    HardCase.NEGATIVE_INFINITY_ROW, HardCase.NAN_ROW, HardCase.SATURATED, HardCase.EMPTY, HardCase.PARALLEL,
                    HardCase.CONFINED, HardCase.LONG_ROW, HardCase.ODD_TAILS, HardCase.TIES)
            .tolerance(1e-4, 1e-6, "the state is f32, and squares are taken of it: what the page accepts")
            .computedBy(FactoredOutputSpec::evaluate);

    private static final List<String> WORDS = List.of("z", "mse", "taylor_softmax", "spherical_softmax");

    private FactoredOutputSpec() {}

    private static void evaluate(Evaluation evaluation) {
        SphericalLoss loss = new SphericalLoss(SphericalLoss.Kind.values()[WORDS.indexOf(evaluation.word("loss"))])
                .sharpness(evaluation.real("a"))
                .location(evaluation.real("b"))
                .epsilon(evaluation.real("eps"))
                .scoreEpsilon(evaluation.real("veps"));
        Tensor weights = evaluation.tensor("W0");
        FactoredOutputLayer layer = FactoredOutputLayer.over(evaluation.basin(), weights,
                FactoredOutputLayer.Options.defaults().loss(loss).reduction(Reduction.SUM).stabilizationPeriod(0));
        List<Tensor> hidden = evaluation.parts("H");
        List<Tensor> targets = evaluation.parts("targets");
        double rate = evaluation.real("eta");
        for (int step = 0; step < hidden.size(); step++) {
            Tensor h = hidden.get(step);
            Tensor labels = targets.get(step);
            Tensor losses = evaluation.output("loss_" + step, h.rows());
            Tensor gradient = evaluation.output("grad_H_" + step, h.shape());
            evaluation.measure("step", () -> layer.update(h, labels, gradient, losses, rate));
            layer.decay(1 - rate * evaluation.real("weight_decay"));
        }
        layer.materialize(evaluation.output("W", weights.shape()));
        layer.summary(evaluation.output("Q", weights.columns(), weights.columns()), evaluation.output("w_bar", weights.columns()));
    }
}
