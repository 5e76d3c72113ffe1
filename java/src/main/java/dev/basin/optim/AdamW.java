package dev.basin.optim;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.kernel.KernelDeclaration;
import dev.basin.kernel.OptimizerKernels;
import java.util.List;
import java.util.Map;

/**
 * AdamW: Adam with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101).
 *
 * <pre>{@code
 * m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2
 * w = w (1 - lr decay) - lr (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
 * }</pre>
 *
 * Weights, gradients and the two moments are f32, 28 bytes of traffic a parameter; scalars are folded in double once a call. A NaN
 * gradient spoils its own element. State: {@code first_moment} and {@code second_moment}.
 */
public final class AdamW extends Optimizer<AdamW.Options> {
    private static final KernelDeclaration DECLARATION = KernelDeclaration.of(OptimizerKernels.class, "adamwStep");

    private final List<Tensor> firstMoments;
    private final List<Tensor> secondMoments;

    private AdamW(Basin basin, List<ParameterGroup<Options>> groups) {
        super(basin, groups);
        this.firstMoments = zeros();
        this.secondMoments = zeros();
    }

    /** Over tensors that share hyper-parameters. */
    public static AdamW over(Basin basin, List<Tensor> parameters, Options options) {
        return new AdamW(basin, List.of(ParameterGroup.unnamed(parameters, options)));
    }

    /** Over groups of named tensors. */
    public static AdamW over(Basin basin, List<ParameterGroup<Options>> groups) {
        return new AdamW(basin, groups);
    }

    /** The running means of the gradients, in the order of the parameters. */
    public List<Tensor> firstMoments() {
        return firstMoments;
    }

    /** The running means of the squared gradients, in the order of the parameters. */
    public List<Tensor> secondMoments() {
        return secondMoments;
    }

    @Override
    public Map<String, List<Tensor>> state() {
        return Map.of("first_moment", firstMoments, "second_moment", secondMoments);
    }

    @Override
    void stepParameter(
            OptimizerKernels kernels, int index, Options options, Gradients gradients, double learningRate, long step) {
        Tensor weights = weights(index);
        Tensor gradient = gradients.tensors().get(index);
        Tensor first = firstMoments.get(index);
        kernels.adamwStep(
                weights.type().code(), weights.memory(), gradient.type().code(), gradient.memory(),
                first.type().code(), first.memory(), secondMoments.get(index).memory(), factor(gradients),
                0, weights.size(), learningRate, options.beta1(), options.beta2(), options.epsilon(), options.weightDecay(),
                gradients.scale(), step);
    }

    /**
     * Hyper-parameters; immutable.
     *
     * @param beta1 in [0, 1), 0.9 by default
     * @param beta2 in [0, 1), 0.999 by default
     * @param epsilon above 0, 1e-8 by default
     * @param weightDecay at least 0, 0.01 by default
     */
    public record Options(double beta1, double beta2, double epsilon, double weightDecay) {
        public Options {
            DECLARATION.checked("beta1", beta1);
            DECLARATION.checked("beta2", beta2);
            DECLARATION.checked("epsilon", epsilon);
            DECLARATION.checked("weightDecay", weightDecay);
        }

        public static Options defaults() {
            return new Options(0.9, 0.999, 1e-8, 0.01);
        }

        public Options beta1(double value) {
            return new Options(value, beta2, epsilon, weightDecay);
        }

        public Options beta2(double value) {
            return new Options(beta1, value, epsilon, weightDecay);
        }

        public Options epsilon(double value) {
            return new Options(beta1, beta2, value, weightDecay);
        }

        public Options weightDecay(double value) {
            return new Options(beta1, beta2, epsilon, value);
        }
    }
}
