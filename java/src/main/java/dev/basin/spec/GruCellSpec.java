package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.layer.Gru;

/** Page 13-gru-svm: gated recurrent unit. */
final class GruCellSpec {
    static final Spec SPEC = Spec.named("gru_cell", "13-gru-svm", "Gated recurrent unit")
            .size("rows", 1, 17)
            .size("inputs", 1, 10)
            .size("cells", 8, 8)
            .size("gates", 24, 24)
            .input("x", Sampler.normal(1), "rows", "inputs")
            .input("grad_h_new", Sampler.normal(1), "rows", "cells")
            .input("h", Sampler.normal(0.5), "rows", "cells")
            .input("Wx", Sampler.normal(0.5), "gates", "inputs")
            .input("Wh", Sampler.normal(0.5), "gates", "cells")
            .input("b", Sampler.normal(0.5), "gates")
            .input("bh", Sampler.normal(0.5), "gates")
            .parameter(Parameter.flag("reset_after", false))
            .output("h_new", "rows", "cells")
            .output("grad_x", "rows", "inputs")
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
            .computedBy(GruCellSpec::evaluate);

    private GruCellSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor x = evaluation.tensor("x");
        Tensor h = evaluation.tensor("h");
        Tensor wx = evaluation.tensor("Wx");
        Tensor wh = evaluation.tensor("Wh");
        Tensor upstream = evaluation.tensor("grad_h_new");
        Gru gru = Gru.of(
                evaluation.basin(), wx, wh, evaluation.tensor("b"), evaluation.tensor("bh"), evaluation.flag("reset_after"));
        evaluation.measure("forward", () -> gru.forward(x, h));
        Gru.Step step = gru.forward(x, h);
        step.state(evaluation.output("h_new", h.shape()));
        Tensor gradX = evaluation.output("grad_x", x.shape());
        Tensor gradH = evaluation.output("grad_h", h.shape());
        Gru.Gradients gradients = gru.new Gradients();
        gru.backward(step, upstream, gradX, gradH, gradients);
        gradients.writeTo(evaluation.output("grad_Wx", wx.shape()), evaluation.output("grad_Wh", wh.shape()),
                evaluation.output("grad_b", wx.rows()), evaluation.output("grad_bh", wx.rows()));
        evaluation.measureBeside("backward", () -> gru.backward(step, upstream, gradX, gradH, gru.new Gradients()));
    }
}
