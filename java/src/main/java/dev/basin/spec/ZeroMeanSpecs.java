package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.norm.ZeroMean;

/** Page 61-rmsnorm-equivalence: rows of mean 0 and their compressed form. */
final class ZeroMeanSpecs {
    private static final String PAGE = "61-rmsnorm-equivalence";

    static final Spec RECENTER = Spec.named("recenter", PAGE, "Rows without their mean")
            .size("rows", 1, 24)
            .size("width", 1, 300)
            .halfInput("x", Sampler.normal(2), "rows", "width")
            .halfInput("grad_y", Sampler.normal(1), "rows", "width")
            .halfOutput("y", "rows", "width")
            .halfOutput("grad_x", "rows", "width")
            .computedBy(ZeroMeanSpecs::recenter);

    static final Spec EXPAND = Spec.named("expand_zero_mean", PAGE, "Rows of mean 0 from all but their last entry")
            .size("rows", 1, 24)
            .size("width", 1, 300)
            .halfInput("z", Sampler.normal(2), "rows", "width")
            .halfInput("grad_y", Sampler.normal(1), "rows", "width+1")
            .halfOutput("y", "rows", "width+1")
            .halfOutput("grad_z", "rows", "width")
            .without(HardCase.IN_PLACE)
            .computedBy(ZeroMeanSpecs::expand);

    private ZeroMeanSpecs() {}

    private static void recenter(Evaluation evaluation) {
        Tensor x = evaluation.tensor("x");
        Tensor y = evaluation.outputOver(x, "y");
        evaluation.measure("forward", () -> ZeroMean.recenter(evaluation.basin(), x, y));
        Tensor gradY = evaluation.tensor("grad_y");
        Tensor gradX = evaluation.outputOver(gradY, "grad_x");
        evaluation.measure("backward", () -> ZeroMean.recenterBackward(evaluation.basin(), gradY, gradX));
    }

    private static void expand(Evaluation evaluation) {
        Tensor z = evaluation.tensor("z");
        Tensor y = evaluation.output("y", z.rows(), z.columns() + 1);
        evaluation.measure("forward", () -> ZeroMean.expand(evaluation.basin(), z, y));
        Tensor gradY = evaluation.tensor("grad_y");
        Tensor gradZ = evaluation.output("grad_z", z.rows(), z.columns());
        evaluation.measure("backward", () -> ZeroMean.expandBackward(evaluation.basin(), gradY, gradZ));
    }
}
