package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.optim.ConvexFunction;
import dev.basin.optim.LionK;
import java.util.List;

/** Page 51-lion-k: Lion-K, and the convex functions that it goes by. */
final class LionKSpecs {
    static final Spec STEP = describe("lion_k_step", "Lion-K")
            .size("steps", 1, 4)
            .size("size", 1, 300)
            .input("x", Sampler.normal(1), "size")
            .input("m", Sampler.normal(0.3), "size")
            .halfInput("grads", Sampler.normal(1), "steps", "size")
            .output("x", "size")
            .output("m", "size")
            .stressing("grads")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.POSITIVE_INFINITY, HardCase.NEGATIVE_INFINITY,
                    HardCase.NEGATIVE_INFINITY_ROW, HardCase.EMPTY)
            .discontinuous()
            .computedBy(LionKSpecs::step);

    static final Spec FUNCTIONS = describe("lion_k_functions", "Convex functions, their gradients and conjugates")
            .size("size", 1, 2000)
            .input("z", Sampler.normal(1), "size")
            .output("k")
            .output("grad", "size")
            .output("kstar_at_grad")
            .without(HardCase.STRIDED, HardCase.IN_PLACE, HardCase.POSITIVE_INFINITY, HardCase.NEGATIVE_INFINITY,
                    HardCase.NEGATIVE_INFINITY_ROW, HardCase.EMPTY)
            .computedBy(LionKSpecs::functions);

    private LionKSpecs() {}

    private static Spec.Builder describe(String name, String title) {
        return Spec.named(name, "51-lion-k", title)
                .parameter(Parameter.real("lr", 0.01, 0.01, 0.1))
                .parameter(Parameter.real("beta1", 0.9, 0.9, 0.5))
                .parameter(Parameter.real("beta2", 0.99, 0.99, 0.9))
                .parameter(Parameter.real("lambda", 0, 0.0, 0.5))
                .parameter(Parameter.word("kind", "l1", "l2", "lp", "group_l2", "soft", "huber", "relativistic", "logcosh",
                        "logsmooth", "topk", "logsumexp", "quadratic"))
                .parameter(Parameter.real("p", 3, 1.5, 2.0, 3.0))
                .parameter(Parameter.integer("block", 2, 1L, 2L, 7L))
                .parameter(Parameter.real("e", 0.3, 0.1, 0.3, 0.7))
                .parameter(Parameter.integer("k", 2, 1L, 2L, 50L));
    }

    private static ConvexFunction function(Evaluation evaluation) {
        double e = evaluation.real("e");
        return switch (evaluation.word("kind")) {
            case "l1" -> new ConvexFunction.L1();
            case "l2" -> new ConvexFunction.L2();
            case "lp" -> new ConvexFunction.Lp(evaluation.real("p"));
            case "group_l2" -> new ConvexFunction.GroupL2(evaluation.integer("block"));
            case "soft" -> new ConvexFunction.Soft(e);
            case "huber" -> new ConvexFunction.Huber(e);
            case "relativistic" -> new ConvexFunction.Relativistic(e);
            case "logcosh" -> new ConvexFunction.LogCosh(e);
            case "logsmooth" -> new ConvexFunction.LogSmooth(e);
            case "topk" -> new ConvexFunction.TopK(evaluation.integer("k"));
            case "logsumexp" -> new ConvexFunction.LogSumExp(e);
            default -> new ConvexFunction.Quadratic();
        };
    }

    private static void step(Evaluation evaluation) {
        Tensor x = evaluation.tensor("x");
        LionK optimizer = LionK.over(evaluation.basin(), List.of(x), LionK.Options.of(function(evaluation))
                .beta1(evaluation.real("beta1"))
                .beta2(evaluation.real("beta2"))
                .weightDecay(evaluation.real("lambda")));
        Tensor momentum = optimizer.momenta().getFirst();
        momentum.copyFrom(evaluation.tensor("m"));
        for (Tensor gradient : evaluation.parts("grads")) {
            evaluation.measure("step", () -> optimizer.step(List.of(gradient), evaluation.real("lr")));
        }
        evaluation.result("x", x);
        evaluation.result("m", momentum);
    }

    private static void functions(Evaluation evaluation) {
        Tensor z = evaluation.tensor("z");
        LionK.Values values = new LionK.Values(evaluation.basin(), function(evaluation), z.size());
        Tensor gradient = evaluation.output("grad", z.shape());
        evaluation.measureBeside("gradient", () -> values.gradient(z, gradient));
        values.gradient(z, gradient);
        evaluation.result("k", values.value(z));
        evaluation.result("kstar_at_grad", values.conjugateAtGradient(z));
    }
}
