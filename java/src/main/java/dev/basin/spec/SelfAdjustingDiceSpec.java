package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.loss.OverlapLoss;

/** Page 21-dice: self-adjusting Dice loss. */
final class SelfAdjustingDiceSpec {
    static final Spec SPEC = Spec.named("self_adjusting_dice", "21-dice", "Self-adjusting Dice loss")
            .size("rows", 1, 24)
            .size("classes", 2, 100)
            .input("logits", Sampler.normal(3), "rows", "classes")
            .integerInput("targets", Sampler.labels("classes"), "rows")
            .optionalIntegerInput("mask", Sampler.coin(), "rows")
            .parameter(Parameter.word("activation", "softmax"))
            .parameter(Parameter.real("alpha", 0.01, 0.0, 0.01, 1.0, 2.0))
            .parameter(Parameter.real("gamma", 1, 0.0, 1e-4, 1.0))
            .parameter(Parameter.flag("squared", true))
            .parameter(Parameter.word("reduce", "per_example", "batch"))
            .output("loss", "...")
            .output("grad_logits", "rows", "classes")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.ONE_COLUMN, HardCase.NEGATIVE_INFINITY, HardCase.POSITIVE_INFINITY,
                    HardCase.NEGATIVE_INFINITY_ROW, HardCase.NAN_ROW, HardCase.EMPTY)
            .tolerance(1e-6, 1e-9, "f64 on every backend, rounded once to f32")
            .computedBy(SelfAdjustingDiceSpec::evaluate);

    private SelfAdjustingDiceSpec() {}

    private static void evaluate(Evaluation evaluation) {
        OverlapLoss loss = OverlapLoss.dice()
                .alpha(evaluation.real("alpha"))
                .gamma(evaluation.real("gamma"))
                .squared(evaluation.flag("squared"));
        run(evaluation, loss);
    }

    /** By rows or by batch, as the case says. */
    static void run(Evaluation evaluation, OverlapLoss loss) {
        Tensor logits = evaluation.tensor("logits");
        Tensor targets = evaluation.tensor("targets");
        Tensor mask = evaluation.optional("mask");
        Tensor gradient = evaluation.output("grad_logits", logits.shape());
        if (evaluation.word("reduce").equals("batch")) {
            Tensor losses = evaluation.output("loss", logits.rank() == 1 ? 1 : logits.columns());
            evaluation.measure(() -> loss.batch(evaluation.basin(), logits, targets, mask, losses, gradient));
        } else {
            Tensor losses = evaluation.output("loss", targets.size());
            evaluation.measure(() -> loss.eachRow(evaluation.basin(), logits, targets, mask, losses, gradient));
        }
    }
}
