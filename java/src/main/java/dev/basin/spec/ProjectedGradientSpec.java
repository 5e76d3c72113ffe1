package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.distributed.ProjectedGradient;

/** Page 62-federated-adversarial: a step of projected gradient ascent on inputs. */
final class ProjectedGradientSpec {
    static final Spec SPEC = Spec.named("pgd_step", "62-federated-adversarial", "A step of projected gradient ascent on inputs")
            .size("rows", 1, 9)
            .size("columns", 1, 300)
            .input("x", Sampler.uniform(0, 1), "rows", "columns")
            .input("grad", Sampler.normal(1), "rows", "columns")
            .input("x0", Sampler.uniform(0, 1), "rows", "columns")
            .parameter(Parameter.word("norm", "linf", "l2"))
            .parameter(Parameter.real("rho", 0.1, 0.0, 0.1, 1.0))
            .parameter(Parameter.real("step", 0.05, 0.05, 0.3))
            .parameter(Parameter.real("lo", 0, 0.0))
            .parameter(Parameter.real("hi", 1, 1.0))
            .output("x", "rows", "columns")
            .stressing("grad")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.POSITIVE_INFINITY, HardCase.NEGATIVE_INFINITY,
                    HardCase.NEGATIVE_INFINITY_ROW, HardCase.NAN_ROW, HardCase.EMPTY)
            .discontinuous()
            .computedBy(ProjectedGradientSpec::evaluate);

    private ProjectedGradientSpec() {}

    private static void evaluate(Evaluation evaluation) {
        ProjectedGradient ascent = new ProjectedGradient(
                evaluation.word("norm").equals("linf") ? ProjectedGradient.Norm.LARGEST : ProjectedGradient.Norm.EUCLIDEAN,
                evaluation.real("rho"), evaluation.real("step"), evaluation.real("lo"), evaluation.real("hi"));
        Tensor x = evaluation.tensor("x");
        evaluation.measure("step", () -> ascent.step(evaluation.basin(), x, evaluation.tensor("grad"), evaluation.tensor("x0")));
        evaluation.result("x", x);
    }
}
