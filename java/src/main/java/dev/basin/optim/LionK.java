package dev.basin.optim;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.dispatch.TensorTable;
import dev.basin.kernel.KernelDeclaration;
import dev.basin.kernel.OptimizerKernels;
import dev.basin.kernel.TableKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Lion-K: Lion with the gradient of a convex function in the sign's place (Chen, Liu, Liang and Liu, Lion Secretly Solves Constrained
 * Optimization: As Lyapunov Predicts, arXiv 2310.05898).
 *
 * <pre>{@code
 * u = beta1 m + (1 - beta1) g;  w = w (1 - lr decay) - lr K'(u);  m = beta2 m + (1 - beta2) g
 * }</pre>
 *
 * It minimises {@code f(w) + K*(decay w) / decay}, K* the convex conjugate, and drives weights into the domain of K*, at least by
 * {@code 1 - lr decay} a step: with {@link ConvexFunction.L1} they end between {@code -1/decay} and {@code 1/decay}. K is that of each
 * parameter for itself. The momentum here is Lion's, the mean of gradients; the paper's has the other sign, which makes a difference
 * for {@link ConvexFunction.LogSumExp} alone, whose direction is {@code -K'(-u)}.
 *
 * <p>Weights, gradients and momentum are f32 or bf16. K that are sums over elements, and norms of groups that fit in the cache, take one
 * pass, 20 bytes of traffic a parameter in f32; {@link ConvexFunction.L1} has the bits of {@link Lion}. Norms over all elements and
 * log-sum-exp read gradients and momentum once more before, 28 bytes. The k largest need memory of the size of the largest parameter,
 * for u. A NaN gradient spoils its own element, or for norms and log-sum-exp the whole parameter or group. State: {@code momentum}.
 */
public final class LionK extends Optimizer<LionK.Options> {
    private static final KernelDeclaration DECLARATION = KernelDeclaration.of(OptimizerKernels.class, "lionKStep");

    private final List<Tensor> momenta;
    private final List<Direction> directions = new ArrayList<>();

    /** What finds the direction of a parameter, and room for it where it is found by a search. */
    private record Direction(Tensor room, ConvexGradient gradient) {}

    private LionK(Basin basin, List<ParameterGroup<Options>> groups) {
        super(basin, groups);
        this.momenta = zeros(Options::momentumType);
        long most = 0;
        for (int i = 0; i < momenta.size(); i++) {
            most = Math.max(most, directionSize(i) * stateType(i, DataType.F32).byteSize());
        }
        MemorySegment room = Arena.ofAuto().allocate(most, 64);
        for (int i = 0; i < momenta.size(); i++) {
            directions.add(new Direction(
                    Tensor.of(room, stateType(i, DataType.F32), directionSize(i)),
                    new ConvexGradient(options(i).function(), isOnePass(options(i)) ? 0 : weights(i).size())));
        }
    }

    private long directionSize(int index) {
        return way(options(index)) == ConvexGradient.Way.BY_SEARCH ? weights(index).size() : 0;
    }

    /** Over tensors that share hyper-parameters. */
    public static LionK over(Basin basin, List<Tensor> parameters, Options options) {
        return new LionK(basin, List.of(ParameterGroup.unnamed(parameters, options)));
    }

    /** Over groups of named tensors. */
    public static LionK over(Basin basin, List<ParameterGroup<Options>> groups) {
        return new LionK(basin, groups);
    }

    /** The momentum of each parameter. */
    public List<Tensor> momenta() {
        return momenta;
    }

    /**
     * The function that the method's continuous form never lets grow once {@code decay w} is in the domain of K* (the paper's equation
     * for H), with alpha 1:
     *
     * <pre>{@code
     * H = loss + (gamma / decay) K*(decay w) + (1 - epsilon gamma) / (1 + epsilon decay) (K*(decay w) + K(n) - decay <n, w>)
     * }</pre>
     *
     * @param loss the objective at the weights
     * @param decayed {@code decay w}
     * @param opposite {@code n}, the paper's momentum: -1 times the one of {@link #momenta}
     */
    public static double lyapunov(
            Basin basin, ConvexFunction function, double loss, Tensor decayed, Tensor opposite, double gamma, double epsilon,
            double decay) {
        Values values = new Values(basin, function, decayed.size());
        double conjugate = values.conjugate(decayed);
        double product = 0;
        for (long i = 0; i < decayed.size(); i++) {
            product += decayed.get(i) * opposite.get(i);
        }
        double share = (1 - epsilon * gamma) / (1 + epsilon * decay);
        return loss + gamma / decay * conjugate + share * (conjugate + values.value(opposite) - product);
    }

    /** K, its gradient and its conjugate, of one tensor at a time of up to a number of elements; for looking at what a step does. */
    public static final class Values {
        private final Basin basin;
        private final ConvexGradient gradient;

        public Values(Basin basin, ConvexFunction function, long elements) {
            this.basin = basin;
            this.gradient = new ConvexGradient(function, elements);
        }

        /** K. */
        public double value(Tensor z) {
            return gradient.value(basin.kernels().optimizer(), z);
        }

        /** Its gradient, into a tensor like {@code z}. */
        public void gradient(Tensor z, Tensor y) {
            gradient.gradient(basin.kernels().optimizer(), z, y);
        }

        /** The convex conjugate at {@code y}, infinite outside of its domain but for 1e-6. */
        public double conjugate(Tensor y) {
            return gradient.conjugate(basin.kernels().optimizer(), y);
        }

        /** The convex conjugate at the gradient of {@code z}, worked out from {@code z}, without the gradient's rounding. */
        public double conjugateAtGradient(Tensor z) {
            return gradient.conjugateAtGradient(basin.kernels().optimizer(), z);
        }
    }

    @Override
    Map<String, List<Tensor>> ownState() {
        return Map.of("momentum", momenta);
    }

    @Override
    boolean stepsInOneCall() {
        for (int i = 0; i < momenta.size(); i++) {
            if (!isOnePass(options(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isOnePass(Options options) {
        return way(options) == ConvexGradient.Way.ELEMENTWISE;
    }

    private static ConvexGradient.Way way(Options options) {
        return ConvexGradient.way(options.function());
    }

    @Override
    void stepParameter(
            OptimizerKernels kernels, int index, Options options, Gradients gradients, double learningRate, long step) {
        switch (way(options)) {
            case ELEMENTWISE -> stepElementwise(kernels, index, options, gradients, learningRate);
            case BY_STATISTICS -> stepByStatistics(kernels, index, options, gradients, learningRate);
            case BY_GROUPS -> stepByGroups(kernels, index, options, gradients, learningRate);
            case BY_SEARCH -> stepBySearch(kernels, index, options, gradients, learningRate);
        }
    }

    private void stepElementwise(OptimizerKernels kernels, int index, Options options, Gradients gradients, double learningRate) {
        Tensor weights = weights(index);
        Tensor gradient = gradients.tensors().get(index);
        Tensor momentum = momenta.get(index);
        kernels.lionKStep(
                weights.type().code(), weights.memory(), master(index), gradient.type().code(), gradient.memory(),
                momentum.type().code(), momentum.memory(), factor(gradients), 0, weights.size(),
                ConvexGradient.kind(options.function()), learningRate, options.beta1(), options.beta2(), options.weightDecay(),
                ConvexGradient.smoothing(options.function()), gradients.scale());
    }

    private void stepByStatistics(OptimizerKernels kernels, int index, Options options, Gradients gradients, double learningRate) {
        Tensor weights = weights(index);
        Tensor gradient = gradients.tensors().get(index);
        Tensor momentum = momenta.get(index);
        ConvexGradient direction = directions.get(index).gradient();
        MemorySegment statistics = direction.stepStatistics(
                kernels, gradient, momentum, factor(gradients), gradients.scale(), options.beta1());
        kernels.lionKStatisticalStep(
                weights.type().code(), weights.memory(), master(index), gradient.type().code(), gradient.memory(),
                momentum.type().code(), momentum.memory(), statistics, factor(gradients), 0, weights.size(),
                ConvexGradient.kind(options.function()), learningRate, options.beta1(), options.beta2(), options.weightDecay(),
                ConvexGradient.smoothing(options.function()), direction.exponent(), gradients.scale());
    }

    private void stepByGroups(OptimizerKernels kernels, int index, Options options, Gradients gradients, double learningRate) {
        Tensor weights = weights(index);
        Tensor gradient = gradients.tensors().get(index);
        Tensor momentum = momenta.get(index);
        long size = ((ConvexFunction.GroupL2) options.function()).size();
        kernels.lionKGroupStep(
                weights.type().code(), weights.memory(), master(index), gradient.type().code(), gradient.memory(),
                momentum.type().code(), momentum.memory(), factor(gradients), MemorySegment.NULL, 0,
                Math.ceilDiv(weights.size(), size), weights.size(), size, learningRate, options.beta1(), options.beta2(),
                options.weightDecay(), gradients.scale());
    }

    private void stepBySearch(OptimizerKernels kernels, int index, Options options, Gradients gradients, double learningRate) {
        Tensor weights = weights(index);
        Tensor gradient = gradients.tensors().get(index);
        Tensor momentum = momenta.get(index);
        Direction direction = directions.get(index);
        Tensor room = direction.room();
        kernels.lionKInterpolate(
                gradient.type().code(), gradient.memory(), momentum.type().code(), momentum.memory(), room.type().code(),
                room.memory(), factor(gradients), 0, weights.size(), options.beta1(), gradients.scale());
        direction.gradient().gradient(kernels, room, room);
        kernels.lionKMove(
                weights.type().code(), weights.memory(), master(index), gradient.type().code(), gradient.memory(),
                momentum.type().code(), momentum.memory(), room.type().code(), room.memory(), factor(gradients), 0, weights.size(),
                learningRate, options.beta2(), options.weightDecay(), gradients.scale());
    }

    @Override
    double learningRate(Options options, double given, long step) {
        if (given * options.weightDecay() > 1) {
            throw new IllegalArgumentException("learningRate times weightDecay must be at most 1, got " + given + " times "
                    + options.weightDecay());
        }
        return given;
    }

    @Override
    int stateColumns() {
        return stepsInOneCall() ? 2 : 0;
    }

    @Override
    void setState(TensorTable table, int row, int index) {
        table.set(row, TableSteps.STATE_COLUMN, momenta.get(index));
    }

    @Override
    void stepTable(
            TableKernels kernels, TensorTable table, Options options, MemorySegment factor, double scale, double learningRate,
            long step) {
        kernels.lionKStepMany(
                table.sent(), table.rows(), table.blocks(), factor, ConvexGradient.kind(options.function()), learningRate,
                options.beta1(), options.beta2(), options.weightDecay(), ConvexGradient.smoothing(options.function()), scale);
    }

    /**
     * Hyper-parameters; immutable.
     *
     * @param function K
     * @param beta1 in [0, 1), 0.9 by default
     * @param beta2 in [0, 1), 0.99 by default
     * @param weightDecay at least 0, 0 by default, which is no constraint; by its inverse weights are bounded
     * @param momentumType how the momentum is stored, f32 by default, or bf16
     */
    public record Options(ConvexFunction function, double beta1, double beta2, double weightDecay, DataType momentumType) {
        public Options {
            DECLARATION.checked("beta1", beta1);
            DECLARATION.checked("beta2", beta2);
            DECLARATION.checked("weightDecay", weightDecay);
            DECLARATION.checked("stateType", momentumType);
        }

        public static Options of(ConvexFunction function) {
            return new Options(function, 0.9, 0.99, 0, DataType.F32);
        }

        public Options beta1(double value) {
            return new Options(function, value, beta2, weightDecay, momentumType);
        }

        public Options beta2(double value) {
            return new Options(function, beta1, value, weightDecay, momentumType);
        }

        public Options weightDecay(double value) {
            return new Options(function, beta1, beta2, value, momentumType);
        }

        public Options momentumType(DataType value) {
            return new Options(function, beta1, beta2, weightDecay, value);
        }
    }
}
