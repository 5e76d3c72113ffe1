package dev.basin.spec;

import dev.basin.Tensor;
import dev.basin.optim.GlobalNormClip;
import dev.basin.optim.Gradients;
import dev.basin.optim.Sgd;
import java.util.ArrayList;
import java.util.List;

/**
 * Page 55-lion: clipping by the global norm. Clipped gradients are never stored by the library: what comes out here is what a
 * step of SGD with rate 1 takes off weights of 0.
 */
final class GlobalNormClipSpec {
    static final Spec SPEC = Spec.named("global_norm_clip", "55-lion", "Clipping by the norm over all gradients")
            .size("size", 1, 3000)
            .listInput("grads", Sampler.normal(1), "size")
            .parameter(Parameter.real("max_norm", 1, 0.5, 10.0, 1000.0))
            .listOutput("g")
            .output("norm")
            .without(HardCase.STRIDED, HardCase.IN_PLACE)
            .computedBy(GlobalNormClipSpec::evaluate);

    private GlobalNormClipSpec() {}

    private static void evaluate(Evaluation evaluation) {
        List<Tensor> gradients = evaluation.tensors("grads");
        GlobalNormClip clip = new GlobalNormClip(evaluation.real("max_norm"));
        GlobalNormClip.Result clipped = clip.apply(evaluation.basin(), Gradients.of(gradients));
        evaluation.measureBeside("norm", () -> clip.apply(evaluation.basin(), Gradients.of(gradients)));
        List<Tensor> weights = new ArrayList<>();
        for (int i = 0; i < gradients.size(); i++) {
            weights.add(evaluation.output("g" + i, gradients.get(i).shape()));
            fillWithZeros(weights.getLast());
        }
        Sgd.over(evaluation.basin(), weights, Sgd.Options.defaults()).step(clipped.gradients(), 1);
        weights.forEach(GlobalNormClipSpec::negate);
        evaluation.result("norm", clipped.norm());
    }

    private static void fillWithZeros(Tensor tensor) {
        tensor.memory().fill((byte) 0);
    }

    private static void negate(Tensor tensor) {
        for (long i = 0; i < tensor.size(); i++) {
            tensor.set(i, 0 - tensor.get(i));
        }
    }
}
