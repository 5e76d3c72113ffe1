package dev.basin.optim;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.dispatch.TensorTable;
import dev.basin.kernel.KernelDeclaration;
import dev.basin.kernel.Kernels;
import dev.basin.kernel.OptimizerKernels;
import dev.basin.kernel.TableKernels;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Stochastic gradient descent with momentum, as PyTorch defines it.
 *
 * <pre>{@code
 * d = g + decay w;  buffer = d at the first step, else momentum buffer + (1 - dampening) d
 * w = w - lr (nesterov ? d + momentum buffer : buffer)
 * }</pre>
 *
 * Weights and gradients are f32 or bf16, the buffer is f32: 20 bytes of traffic a parameter in f32, as many with bf16 weights and
 * gradients and an f32 master; without momentum there is no buffer, and 8 bytes less. A NaN gradient spoils its own element. State: {@code momentum_buffer}, empty if no group has momentum.
 */
public final class Sgd extends Optimizer<Sgd.Options> {
    private static final KernelDeclaration DECLARATION = KernelDeclaration.of(OptimizerKernels.class, "sgdMomentumStep");

    private final @Nullable List<Tensor> buffers;

    private Sgd(Basin basin, List<ParameterGroup<Options>> groups) {
        super(basin, groups);
        boolean hasMomentum = groups.stream().anyMatch(group -> group.options().momentum() > 0);
        this.buffers = hasMomentum ? zeros(options -> DataType.F32) : null;
    }

    /** Over tensors that share hyper-parameters. */
    public static Sgd over(Basin basin, List<Tensor> parameters, Options options) {
        return new Sgd(basin, List.of(ParameterGroup.unnamed(parameters, options)));
    }

    /** Over groups of named tensors. */
    public static Sgd over(Basin basin, List<ParameterGroup<Options>> groups) {
        return new Sgd(basin, groups);
    }

    @Override
    Map<String, List<Tensor>> ownState() {
        return buffers == null ? Map.of() : Map.of("momentum_buffer", buffers);
    }

    @Override
    void stepParameter(
            OptimizerKernels kernels, int index, Options options, Gradients gradients, double learningRate, long step) {
        Tensor weights = weights(index);
        Tensor gradient = gradients.tensors().get(index);
        kernels.sgdMomentumStep(
                weights.type().code(), weights.memory(), master(index), gradient.type().code(), gradient.memory(),
                bufferType(index).code(), bufferMemory(index, options), factor(gradients),
                0, weights.size(), learningRate, options.momentum(), options.dampening(), options.nesterov() ? 1 : 0,
                options.weightDecay(), gradients.scale(), step);
    }

    @Override
    void restoreAndStepParameter(
            Kernels kernels, Perturbation perturbation, int index, Options options, Gradients gradients, double learningRate,
            long step) {
        Tensor weights = weights(index);
        Tensor gradient = gradients.tensors().get(index);
        boolean isOneType = gradient.type() == weights.type() && perturbation.ascentType(index, weights) == weights.type();
        if (!isOneType || weights.type() == DataType.BF16) {
            super.restoreAndStepParameter(kernels, perturbation, index, options, gradients, learningRate, step);
            return;
        }
        Perturbation.Scale scale = perturbation.scales().get(index);
        kernels.sharpness().samRestoreSgdMomentumStep(
                weights.type().code(), weights.memory(), perturbation.savedMemory(index),
                perturbation.ascentType(index, weights).code(), perturbation.ascentMemory(index),
                perturbation.norm().memory(), perturbation.ascentFactor(),
                gradient.type().code(), gradient.memory(), bufferType(index).code(), bufferMemory(index, options),
                factor(gradients), 0, weights.size(),
                perturbation.rho(), scale.isAdaptive() ? 1 : 0, scale.eta(), perturbation.ascentScale(),
                learningRate, options.momentum(), options.dampening(), options.nesterov() ? 1 : 0, options.weightDecay(),
                gradients.scale(), step);
    }

    private MemorySegment bufferMemory(int index, Options options) {
        return buffers == null || options.momentum() == 0 ? MemorySegment.NULL : buffers.get(index).memory();
    }

    private DataType bufferType(int index) {
        return stateType(index, DataType.F32);
    }

    @Override
    int stateColumns() {
        return 2;
    }

    @Override
    void setState(TensorTable table, int row, int index) {
        table.set(row, TableSteps.STATE_COLUMN, bufferType(index).code());
        table.set(row, TableSteps.STATE_COLUMN + 1, bufferMemory(index, options(index)).address());
    }

    @Override
    void stepTable(
            TableKernels kernels, TensorTable table, Options options, MemorySegment factor, double scale, double learningRate,
            long step) {
        kernels.sgdMomentumStepMany(
                table.sent(), table.rows(), table.blocks(), factor, learningRate, options.momentum(), options.dampening(),
                options.nesterov() ? 1 : 0, options.weightDecay(), scale, step);
    }

    /**
     * Hyper-parameters; immutable.
     *
     * @param momentum in [0, 1), 0 by default
     * @param dampening in [0, 1], 0 by default
     * @param nesterov whether to look ahead; needs momentum and no dampening; false by default
     * @param weightDecay at least 0, 0 by default; added to the gradient, not decoupled
     */
    public record Options(double momentum, double dampening, boolean nesterov, double weightDecay) {
        public Options {
            DECLARATION.checked("momentum", momentum);
            DECLARATION.checked("dampening", dampening);
            DECLARATION.checked("weightDecay", weightDecay);
            if (nesterov && (momentum == 0 || dampening != 0)) {
                throw new IllegalArgumentException("nesterov must have momentum above 0 and dampening 0, got momentum "
                        + momentum + " and dampening " + dampening);
            }
        }

        public static Options defaults() {
            return new Options(0, 0, false, 0);
        }

        public Options momentum(double value) {
            return new Options(value, dampening, nesterov, weightDecay);
        }

        public Options dampening(double value) {
            return new Options(momentum, value, nesterov, weightDecay);
        }

        public Options nesterov(boolean value) {
            return new Options(momentum, dampening, value, weightDecay);
        }

        public Options weightDecay(double value) {
            return new Options(momentum, dampening, nesterov, value);
        }
    }
}
