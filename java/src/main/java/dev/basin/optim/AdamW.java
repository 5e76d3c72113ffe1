package dev.basin.optim;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.dispatch.TensorTable;
import dev.basin.kernel.KernelDeclaration;
import dev.basin.kernel.OptimizerKernels;
import dev.basin.kernel.TableKernels;
import java.lang.foreign.MemorySegment;
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
 * Weights, gradients and the two moments are f32 or bf16: 28 bytes of traffic a parameter in f32, as many with bf16 weights and
 * gradients and f32 master and moments, 24 if the first moment is bf16 too. Scalars are folded in double once a call. A NaN gradient
 * spoils its own element. State: {@code first_moment} and {@code second_moment}.
 */
public final class AdamW extends Optimizer<AdamW.Options> {
    private static final KernelDeclaration DECLARATION = KernelDeclaration.of(OptimizerKernels.class, "adamwStep");

    private final List<Tensor> firstMoments;
    private final List<Tensor> secondMoments;

    private AdamW(Basin basin, List<ParameterGroup<Options>> groups) {
        super(basin, groups);
        this.firstMoments = zeros(Options::firstMomentType);
        this.secondMoments = zeros(Options::secondMomentType);
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
    Map<String, List<Tensor>> ownState() {
        return Map.of("first_moment", firstMoments, "second_moment", secondMoments);
    }

    @Override
    void stepParameter(
            OptimizerKernels kernels, int index, Options options, Gradients gradients, double learningRate, long step) {
        Tensor weights = weights(index);
        Tensor gradient = gradients.tensors().get(index);
        Tensor first = firstMoments.get(index);
        Tensor second = secondMoments.get(index);
        kernels.adamwStep(
                weights.type().code(), weights.memory(), master(index), gradient.type().code(), gradient.memory(),
                first.type().code(), first.memory(), second.type().code(), second.memory(), factor(gradients),
                0, weights.size(), learningRate, options.beta1(), options.beta2(), options.epsilon(), options.weightDecay(),
                gradients.scale(), step);
    }

    @Override
    int stateColumns() {
        return 4;
    }

    @Override
    void setState(TensorTable table, int row, int index) {
        table.set(row, TableSteps.STATE_COLUMN, firstMoments.get(index));
        table.set(row, TableSteps.STATE_COLUMN + 2, secondMoments.get(index));
    }

    @Override
    void stepTable(
            TableKernels kernels, TensorTable table, Options options, MemorySegment factor, double scale, double learningRate,
            long step) {
        kernels.adamwStepMany(
                table.sent(), table.rows(), table.blocks(), factor, learningRate, options.beta1(), options.beta2(),
                options.epsilon(), options.weightDecay(), scale, step);
    }

    /**
     * Hyper-parameters; immutable.
     *
     * @param beta1 in [0, 1), 0.9 by default
     * @param beta2 in [0, 1), 0.999 by default
     * @param epsilon above 0, 1e-8 by default
     * @param weightDecay at least 0, 0.01 by default
     * @param firstMomentType how the first moment is stored, f32 by default, or bf16
     * @param secondMomentType how the second moment is stored, f32 by default, or bf16. A bf16 moment moves only where a step changes
     *     it by more than half a unit in its last place, 2^-9 to 2^-8 of it: with beta2 = 0.999 it grows and never shrinks, so take
     *     bf16 here with a beta2 of 0.99 or less alone
     */
    public record Options(
            double beta1, double beta2, double epsilon, double weightDecay,
            DataType firstMomentType, DataType secondMomentType) {
        public Options {
            DECLARATION.checked("beta1", beta1);
            DECLARATION.checked("beta2", beta2);
            DECLARATION.checked("epsilon", epsilon);
            DECLARATION.checked("weightDecay", weightDecay);
            DECLARATION.checked("firstMomentType", firstMomentType);
            DECLARATION.checked("secondMomentType", secondMomentType);
        }

        public static Options defaults() {
            return new Options(0.9, 0.999, 1e-8, 0.01, DataType.F32, DataType.F32);
        }

        public Options beta1(double value) {
            return new Options(value, beta2, epsilon, weightDecay, firstMomentType, secondMomentType);
        }

        public Options beta2(double value) {
            return new Options(beta1, value, epsilon, weightDecay, firstMomentType, secondMomentType);
        }

        public Options epsilon(double value) {
            return new Options(beta1, beta2, value, weightDecay, firstMomentType, secondMomentType);
        }

        public Options weightDecay(double value) {
            return new Options(beta1, beta2, epsilon, value, firstMomentType, secondMomentType);
        }

        public Options firstMomentType(DataType value) {
            return new Options(beta1, beta2, epsilon, weightDecay, value, secondMomentType);
        }

        public Options secondMomentType(DataType value) {
            return new Options(beta1, beta2, epsilon, weightDecay, firstMomentType, value);
        }
    }
}
