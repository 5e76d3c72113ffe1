package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.layer.SvmOutputLayer;
import dev.basin.loss.SvmLoss;

/** Page 13-gru-svm: output layer with margins. */
final class SvmOutputLayerSpec {
    static final Spec SPEC = Spec.named("svm_output_layer", "13-gru-svm", "Output layer with margins")
            .size("rows", 1, 17)
            .size("width", 1, 33)
            .size("classes", 2, 5)
            .input("h", Sampler.normal(1), "rows", "width")
            .input("W", Sampler.normal(1), "classes", "width")
            .input("b", Sampler.normal(1), "classes")
            .integerInput("targets", Sampler.labels("classes"), "rows")
            .parameter(Parameter.real("C", 0.5, 0.5, 2.0))
            .parameter(Parameter.integer("power", 2, 1L, 2L))
            .output("loss")
            .output("grad_h", "rows", "width")
            .output("grad_W", "classes", "width")
            .output("grad_b", "classes")
            .discontinuous()
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.PARALLEL, HardCase.CONFINED, HardCase.ONE_COLUMN, HardCase.ODD_TAILS,
                    HardCase.LONG_ROW, HardCase.EMPTY, HardCase.POSITIVE_INFINITY, HardCase.NEGATIVE_INFINITY,
                    HardCase.NEGATIVE_INFINITY_ROW, HardCase.NAN_ROW, HardCase.HEAP)
            .tolerance(2e-5, 1e-6, "f32 products")
            .computedBy(SvmOutputLayerSpec::evaluate);

    private SvmOutputLayerSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor h = evaluation.tensor("h");
        Tensor w = evaluation.tensor("W");
        Tensor b = evaluation.tensor("b");
        Tensor targets = evaluation.tensor("targets");
        Tensor gradH = evaluation.output("grad_h", h.shape());
        Tensor gradW = evaluation.output("grad_W", w.shape());
        Tensor gradB = evaluation.output("grad_b", b.size());
        SvmOutputLayer layer = new SvmOutputLayer(new SvmLoss().cost(evaluation.real("C")).power(evaluation.integer("power")));
        evaluation.result("loss", evaluation.measured(
                () -> layer.forwardBackward(evaluation.basin(), h, w, b, targets, gradH, gradW, gradB)));
    }
}
