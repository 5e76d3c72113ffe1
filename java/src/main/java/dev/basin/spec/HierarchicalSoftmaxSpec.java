package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.layer.HierarchicalSoftmax;

/** Page 01-z-loss: the softmax of two levels that the factored output layer is held against. */
final class HierarchicalSoftmaxSpec {
    static final Spec SPEC = Spec.named("hierarchical_softmax", "01-z-loss", "Hierarchical softmax of two levels")
            .size("rows", 1, 17)
            .size("width", 1, 12)
            .size("groups", 10, 10)
            .size("members", 10, 10)
            .input("h", Sampler.normal(1), "rows", "width")
            .input("W1", Sampler.normal(1), "groups", "width")
            .input("b1", Sampler.normal(1), "groups")
            .input("W2", Sampler.normal(1), "groups", "members", "width")
            .input("b2", Sampler.normal(1), "groups", "members")
            .integerInput("targets", (random, _) -> random.nextInt(95), "rows")
            .parameter(Parameter.integer("D", 100, 95L, 100L))
            .output("loss", "rows")
            .output("grad_h", "rows", "width")
            .output("grad_W1", "groups", "width")
            .output("grad_b1", "groups")
            .output("grad_W2", "groups", "members", "width")
            .output("grad_b2", "groups", "members")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.PARALLEL, HardCase.CONFINED, HardCase.ONE_COLUMN, HardCase.ODD_TAILS,
                    HardCase.LONG_ROW, HardCase.EMPTY, HardCase.POSITIVE_INFINITY, HardCase.NEGATIVE_INFINITY,
                    HardCase.NEGATIVE_INFINITY_ROW, HardCase.NAN_ROW, HardCase.SATURATED)
            .tolerance(2e-5, 1e-6, "f32 products, then as cross-entropy")
            .computedBy(HierarchicalSoftmaxSpec::evaluate);

    private HierarchicalSoftmaxSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor h = evaluation.tensor("h");
        HierarchicalSoftmax.Parameters parameters = new HierarchicalSoftmax.Parameters(
                evaluation.tensor("W1"), evaluation.tensor("b1"), evaluation.tensor("W2"), evaluation.tensor("b2"));
        HierarchicalSoftmax.Parameters gradients = new HierarchicalSoftmax.Parameters(
                evaluation.output("grad_W1", evaluation.shape("W1")), evaluation.output("grad_b1", evaluation.shape("b1")),
                evaluation.output("grad_W2", evaluation.shape("W2")), evaluation.output("grad_b2", evaluation.shape("b2")));
        Tensor targets = evaluation.tensor("targets");
        Tensor losses = evaluation.output("loss", h.rows());
        Tensor gradient = evaluation.output("grad_h", h.shape());
        HierarchicalSoftmax softmax = new HierarchicalSoftmax(evaluation.integer("D"));
        evaluation.measure(() -> softmax.forwardBackward(evaluation.basin(), h, parameters, targets, losses, gradient, gradients));
    }
}
