package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.layer.Gru;
import java.util.List;

/** Page 13-gru-svm: gated recurrent unit over a sequence. */
final class GruSequenceSpec {
    static final Spec SPEC = Spec.named("gru_sequence", "13-gru-svm", "Gated recurrent unit over a sequence")
            .size("rows", 1, 3)
            .size("steps", 1, 21)
            .size("inputs", 1, 10)
            .size("cells", 8, 8)
            .size("gates", 24, 24)
            .input("x", Sampler.normal(1), "rows", "steps", "inputs")
            .input("grad_h_last", Sampler.normal(1), "rows", "cells")
            .input("h", Sampler.normal(0.5), "rows", "cells")
            .input("Wx", Sampler.normal(0.5), "gates", "inputs")
            .input("Wh", Sampler.normal(0.5), "gates", "cells")
            .input("b", Sampler.normal(0.5), "gates")
            .input("bh", Sampler.normal(0.5), "gates")
            .parameter(Parameter.flag("reset_after", false))
            .output("h_last", "rows", "cells")
            .output("grad_x", "rows", "steps", "inputs")
            .output("grad_h", "rows", "cells")
            .output("grad_Wx", "gates", "inputs")
            .output("grad_Wh", "gates", "cells")
            .output("grad_b", "gates")
            .output("grad_bh", "gates")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.PARALLEL, HardCase.CONFINED, HardCase.ONE_COLUMN, HardCase.ODD_TAILS,
                    HardCase.LONG_ROW, HardCase.EMPTY, HardCase.POSITIVE_INFINITY, HardCase.NEGATIVE_INFINITY,
                    HardCase.NEGATIVE_INFINITY_ROW, HardCase.NAN_ROW, HardCase.HEAP,
                    HardCase.SATURATED) // a product of many 80s is off by more than a gate forgives; GruTest has one
            .tolerance(2e-5, 1e-6, "f32 products and gates kept in f32 between steps")
            .computedBy(GruSequenceSpec::evaluate);

    private GruSequenceSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor x = evaluation.tensor("x");
        Tensor h = evaluation.tensor("h");
        Tensor wx = evaluation.tensor("Wx");
        Tensor wh = evaluation.tensor("Wh");
        Gru gru = Gru.of(
                evaluation.basin(), wx, wh, evaluation.tensor("b"), evaluation.tensor("bh"), evaluation.flag("reset_after"));
        evaluation.measure("forward", () -> gru.forwardSequence(x, h));
        List<Gru.Step> steps = gru.forwardSequence(x, h);
        steps.getLast().state(evaluation.output("h_last", h.shape()));
        Gru.Gradients gradients = gru.new Gradients();
        gru.backwardSequence(steps, evaluation.tensor("grad_h_last"), evaluation.output("grad_x", x.shape()),
                evaluation.output("grad_h", h.shape()), gradients);
        gradients.writeTo(evaluation.output("grad_Wx", wx.shape()), evaluation.output("grad_Wh", wh.shape()),
                evaluation.output("grad_b", wx.rows()), evaluation.output("grad_bh", wx.rows()));
    }
}
