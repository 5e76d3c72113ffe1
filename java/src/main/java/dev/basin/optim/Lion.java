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
 * Lion: the sign of an interpolated momentum (Chen et al., Symbolic Discovery of Optimization Algorithms, arXiv 2302.06675,
 * algorithm 2).
 *
 * <pre>{@code
 * u = beta1 m + (1 - beta1) g;  w = w (1 - lr decay) - lr sign(u);  m = beta2 m + (1 - beta2) g
 * }</pre>
 *
 * Weights, gradients and momentum are f32 or bf16: 20 bytes of traffic a parameter in f32, as many with bf16 weights and
 * gradients and f32 master and momentum, 16 if the momentum is bf16 too. {@code sign(0)} is 0, and {@code sign(NaN)} is NaN, so that
 * a broken gradient shows. Learning rates are 3 to 10 times smaller than AdamW's and decays as much larger. State:
 * {@code momentum}.
 */
public final class Lion extends Optimizer<Lion.Options> {
    private static final KernelDeclaration DECLARATION = KernelDeclaration.of(OptimizerKernels.class, "lionStep");

    private final List<Tensor> momenta;

    private Lion(Basin basin, List<ParameterGroup<Options>> groups) {
        super(basin, groups);
        this.momenta = zeros(Options::momentumType);
    }

    /** Over tensors that share hyper-parameters. */
    public static Lion over(Basin basin, List<Tensor> parameters, Options options) {
        return new Lion(basin, List.of(ParameterGroup.unnamed(parameters, options)));
    }

    /** Over groups of named tensors. */
    public static Lion over(Basin basin, List<ParameterGroup<Options>> groups) {
        return new Lion(basin, groups);
    }

    /** The momentum of each parameter. */
    public List<Tensor> momenta() {
        return momenta;
    }

    @Override
    Map<String, List<Tensor>> ownState() {
        return Map.of("momentum", momenta);
    }

    @Override
    void stepParameter(
            OptimizerKernels kernels, int index, Options options, Gradients gradients, double learningRate, long step) {
        Tensor weights = weights(index);
        Tensor gradient = gradients.tensors().get(index);
        Tensor momentum = momenta.get(index);
        kernels.lionStep(
                weights.type().code(), weights.memory(), master(index), gradient.type().code(), gradient.memory(),
                momentum.type().code(), momentum.memory(), factor(gradients),
                0, weights.size(), learningRate, options.beta1(), options.beta2(), options.weightDecay(), gradients.scale());
    }

    @Override
    int stateColumns() {
        return 2;
    }

    @Override
    void setState(TensorTable table, int row, int index) {
        table.set(row, TableSteps.STATE_COLUMN, momenta.get(index));
    }

    @Override
    void stepTable(
            TableKernels kernels, TensorTable table, Options options, MemorySegment factor, double scale, double learningRate,
            long step) {
        kernels.lionStepMany(
                table.sent(), table.rows(), table.blocks(), factor, learningRate, options.beta1(), options.beta2(),
                options.weightDecay(), scale);
    }

    /**
     * Hyper-parameters; immutable.
     *
     * @param beta1 in [0, 1), 0.9 by default
     * @param beta2 in [0, 1), 0.99 by default
     * @param weightDecay at least 0, 0 by default; 0.1 to 10 is usual
     * @param momentumType how the momentum is stored, f32 by default, or bf16. A bf16 momentum moves only where a step changes it
     *     by more than half a unit in its last place, 2^-9 to 2^-8 of it: with beta2 = 0.99 it follows, nearer to 1 it sticks
     */
    public record Options(double beta1, double beta2, double weightDecay, DataType momentumType) {
        public Options {
            DECLARATION.checked("beta1", beta1);
            DECLARATION.checked("beta2", beta2);
            DECLARATION.checked("weightDecay", weightDecay);
            DECLARATION.checked("stateType", momentumType);
        }

        public static Options defaults() {
            return new Options(0.9, 0.99, 0, DataType.F32);
        }

        public Options beta1(double value) {
            return new Options(value, beta2, weightDecay, momentumType);
        }

        public Options beta2(double value) {
            return new Options(beta1, value, weightDecay, momentumType);
        }

        public Options weightDecay(double value) {
            return new Options(beta1, beta2, value, momentumType);
        }

        public Options momentumType(DataType value) {
            return new Options(beta1, beta2, weightDecay, value);
        }
    }
}
