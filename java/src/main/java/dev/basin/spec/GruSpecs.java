package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.layer.Gru;
import java.util.List;

/** Page 13-gru-svm: the gated recurrent unit, one step and a sequence. */
final class GruSpecs {
    static final Spec CELL = described(
                    Spec.named("gru_cell", "13-gru-svm", "Gated recurrent unit").size("rows", 1, 17), "h_new", "rows", "inputs")
            .computedBy(GruSpecs::evaluateCell);

    static final Spec SEQUENCE = described(
                    Spec.named("gru_sequence", "13-gru-svm", "Gated recurrent unit over a sequence").size("rows", 1, 3).size("steps", 1, 21),
                    "h_last", "rows", "steps", "inputs")
            .computedBy(GruSpecs::evaluateSequence);

    private GruSpecs() {}

    /** What both have: inputs of a shape, a state that comes out, weights, and the gradients of all. */
    private static Spec.Builder described(Spec.Builder builder, String state, String... inputs) {
        return builder.size("inputs", 1, 10)
                .size("cells", 8, 8)
                .size("gates", 24, 24)
                .input("x", Sampler.normal(1), inputs)
                .input("grad_" + state, Sampler.normal(1), "rows", "cells")
                .input("h", Sampler.normal(0.5), "rows", "cells")
                .input("Wx", Sampler.normal(0.5), "gates", "inputs")
                .input("Wh", Sampler.normal(0.5), "gates", "cells")
                .input("b", Sampler.normal(0.5), "gates")
                .input("bh", Sampler.normal(0.5), "gates")
                .parameter(Parameter.flag("reset_after", false))
                .output(state, "rows", "cells")
                .output("grad_x", inputs)
                .output("grad_h", "rows", "cells")
                .output("grad_Wx", "gates", "inputs")
                .output("grad_Wh", "gates", "cells")
                .output("grad_b", "gates")
                .output("grad_bh", "gates")
                .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.PARALLEL, HardCase.CONFINED, HardCase.ONE_COLUMN,
                        HardCase.ODD_TAILS, HardCase.LONG_ROW, HardCase.EMPTY, HardCase.POSITIVE_INFINITY, HardCase.NEGATIVE_INFINITY,
                        HardCase.NEGATIVE_INFINITY_ROW, HardCase.NAN_ROW, HardCase.HEAP,
                        HardCase.SATURATED) // a product of many 80s is off by more than a gate forgives; GruTest has one
                .tolerance(2e-5, 1e-6, "f32 products and gates kept in f32 between steps");
    }

    private static Gru gru(Evaluation evaluation) {
        return Gru.of(evaluation.basin(), evaluation.tensor("Wx"), evaluation.tensor("Wh"), evaluation.tensor("b"),
                evaluation.tensor("bh"), evaluation.flag("reset_after"));
    }

    private static void report(Evaluation evaluation, Gru.Gradients gradients) {
        gradients.writeTo(
                evaluation.output("grad_Wx", evaluation.shape("Wx")), evaluation.output("grad_Wh", evaluation.shape("Wh")),
                evaluation.output("grad_b", evaluation.shape("b")), evaluation.output("grad_bh", evaluation.shape("bh")));
    }

    private static void evaluateCell(Evaluation evaluation) {
        Tensor x = evaluation.tensor("x");
        Tensor h = evaluation.tensor("h");
        Tensor upstream = evaluation.tensor("grad_h_new");
        Gru gru = gru(evaluation);
        Gru.Step step = gru.forward(x, h);
        evaluation.measureBeside("forward", () -> gru.forward(x, h));
        step.state(evaluation.output("h_new", h.shape()));
        Tensor gradX = evaluation.output("grad_x", x.shape());
        Tensor gradH = evaluation.output("grad_h", h.shape());
        Gru.Gradients gradients = gru.new Gradients();
        gru.backward(step, upstream, gradX, gradH, gradients);
        report(evaluation, gradients);
        evaluation.measureBeside("backward", () -> gru.backward(step, upstream, gradX, gradH, gru.new Gradients()));
    }

    private static void evaluateSequence(Evaluation evaluation) {
        Tensor x = evaluation.tensor("x");
        Tensor h = evaluation.tensor("h");
        Gru gru = gru(evaluation);
        List<Gru.Step> steps = gru.forwardSequence(x, h);
        evaluation.measureBeside("forward", () -> gru.forwardSequence(x, h));
        steps.getLast().state(evaluation.output("h_last", h.shape()));
        Gru.Gradients gradients = gru.new Gradients();
        gru.backwardSequence(steps, evaluation.tensor("grad_h_last"), evaluation.output("grad_x", x.shape()),
                evaluation.output("grad_h", h.shape()), gradients);
        report(evaluation, gradients);
    }
}
