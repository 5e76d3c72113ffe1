package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.optim.Sgd;
import dev.basin.sharpness.SharpnessAware;
import java.util.List;
import java.util.Map;

/** Page 19-useful-sam: a step of SGD under SAM or ASAM on logistic regression, {@code mean softplus(-y x.w)}. */
final class SamStepSpec {
    static final Spec SPEC = Spec.named("sam_step", "19-useful-sam", "SAM and ASAM around SGD with momentum")
            .size("rows", 1, 40)
            .size("size", 1, 60)
            .input("X", Sampler.normal(1), "rows", "size")
            .input("y", (random, sizes) -> random.nextBoolean() ? 1 : -1, "rows")
            .input("w", Sampler.normal(1), "size")
            .input("buf", Sampler.normal(1), "size")
            .parameter(Parameter.word("mode", "sam", "asam"))
            .parameter(Parameter.real("rho", 0.05, 0.0, 0.05, 0.3))
            .parameter(Parameter.real("eta", 0.01, 0.0, 0.01, 0.3))
            .parameter(Parameter.real("lr", 0.1, 1e-3, 0.1))
            .parameter(Parameter.real("momentum", 0.9, 0.5, 0.9))
            .parameter(Parameter.real("wd", 0, 0.0, 0.01, 0.5))
            .parameter(Parameter.flag("nesterov", false))
            .output("w", "size")
            .output("buf", "size")
            .output("g_sam", "size")
            .output("w_adv", "size")
            .stressing("w")
            // Weights of 80 make margins whose rounding is 1e-4 of the gradient that is fed in here: no matter of the kernels.
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.SATURATED)
            .computedBy(SamStepSpec::evaluate);

    private SamStepSpec() {}

    private static void evaluate(Evaluation evaluation) {
        Tensor weights = evaluation.tensor("w");
        Sgd sgd = Sgd.over(evaluation.basin(), List.of(weights), new Sgd.Options(
                evaluation.real("momentum"), 0, evaluation.flag("nesterov"), evaluation.real("wd")));
        sgd.resume(1); // the buffer is that of a step before
        Map<String, List<Tensor>> state = sgd.state();
        Tensor buffer = state.isEmpty() ? evaluation.tensor("buf") : state.get("momentum_buffer").getFirst();
        buffer.copyFrom(evaluation.tensor("buf"));
        SharpnessAware sam = SharpnessAware.over(evaluation.basin(), sgd, SamPerturbSpec.options(evaluation));

        Tensor gradient = evaluation.output("g_sam", weights.shape());
        fillGradient(evaluation, weights, gradient);
        sam.perturb(List.of(gradient));
        evaluation.output("w_adv", weights.shape()).copyFrom(weights);
        fillGradient(evaluation, weights, gradient);
        if (state.isEmpty()) {
            fillDirection(sam.savedWeights().getFirst(), gradient, evaluation.real("wd"), buffer);
        }
        sam.step(List.of(gradient), evaluation.real("lr"));
        evaluation.measureBeside("perturb, step", () -> {
            sam.perturb(List.of(gradient));
            sam.step(List.of(gradient), evaluation.real("lr"));
        });
        evaluation.result("w", weights);
        evaluation.result("buf", buffer);
    }

    /** Without momentum the buffer is {@code g + wd w}, which the optimizer does not keep. */
    private static void fillDirection(Tensor weights, Tensor gradient, double decay, Tensor direction) {
        for (long i = 0; i < direction.size(); i++) {
            direction.set(i, gradient.get(i) + decay * weights.get(i));
        }
    }

    private static void fillGradient(Evaluation evaluation, Tensor weights, Tensor gradient) {
        Tensor labels = evaluation.tensor("y");
        double[] sum = new double[Math.toIntExact(weights.size())];
        List<Tensor> rows = evaluation.parts("X");
        for (int row = 0; row < rows.size(); row++) {
            double y = labels.get(row);
            double margin = 0;
            for (int i = 0; i < sum.length; i++) {
                margin += y * rows.get(row).get(i) * weights.get(i);
            }
            for (int i = 0; i < sum.length; i++) {
                sum[i] -= y * rows.get(row).get(i) / (1 + Math.exp(margin));
            }
        }
        for (int i = 0; i < sum.length; i++) {
            gradient.set(i, rows.isEmpty() ? 0 : sum[i] / rows.size());
        }
    }
}
