package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.optim.Sgd;
import dev.basin.trajectory.MovingAverage;
import java.util.List;

/** Page 41-saf: the running average of weights that MESA takes the past from. */
final class EmaUpdateSpec {
    static final Spec SPEC = Spec.named("ema_update", "41-saf", "Exponential moving average of weights")
            .size("steps", 1, 7)
            .size("size", 1, 2000)
            .input("ema", Sampler.normal(1), "size")
            .input("weights", Sampler.normal(1), "steps", "size")
            .parameter(Parameter.real("decay", 0.9998, 0.0, 0.5, 0.9998))
            .output("ema", "size")
            .without(HardCase.STRIDED, HardCase.IN_PLACE)
            .computedBy(EmaUpdateSpec::evaluate);

    private EmaUpdateSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor weights = evaluation.tensor("ema");
        Sgd owner = Sgd.over(evaluation.basin(), List.of(weights), Sgd.Options.defaults());
        MovingAverage average = MovingAverage.over(evaluation.basin(), owner, evaluation.real("decay"));
        for (Tensor step : evaluation.parts("weights")) {
            weights.copyFrom(step);
            evaluation.measure("update", average::update);
        }
        evaluation.result("ema", average.averages().getFirst());
    }
}
