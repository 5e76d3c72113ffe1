package dev.basin.optim;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.dispatch.Partials;
import dev.basin.kernel.KernelDeclaration;
import dev.basin.kernel.OptimizerKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Adafactor: second moments of a matrix kept as those of its rows and columns, steps in proportion to the weights (Shazeer and
 * Stern, Adafactor: Adaptive Learning Rates with Sublinear Memory Cost, arXiv 1804.04235).
 *
 * <pre>{@code
 * rho = 1 - t^decayRate;  q = g^2 + epsilon1
 * matrix: row = rho row + (1 - rho) mean of q over columns;  column likewise over rows
 *         u = g sqrt(mean(row) / (row column))
 * vector: v = rho v + (1 - rho) q;  u = g / sqrt(v)
 * rate = (relativeStep ? min(warmup ? 1e-6 t : 1e-2, 1 / sqrt(t)) : lr) (scaleParameter ? max(epsilon2, rms(w)) : 1)
 * u = rate u / max(1, rms(u) / clip);  m = beta1 m + (1 - beta1) u and u = m if beta1 is not 0
 * w = w (1 - decay rate) - u
 * }</pre>
 *
 * A parameter of more than two dimensions is a row of matrices, factored each for itself; rms runs over the whole parameter, and w
 * in it is the one before the step. This is the form of fairseq and transformers; PyTorch's decays by {@code lr decay} before the
 * update and has no momentum.
 *
 * <p>With {@code relativeStep} the learning rate given to a step does not count, but that of its group multiplies. State of a
 * matrix: rows + columns numbers; of a vector: one a parameter; one a parameter more with momentum. Bytes of traffic a parameter
 * in f32: matrix 24, 20 without {@code scaleParameter}; vector 32; momentum 8 more. Sums are made in double, in an order that the
 * shapes alone decide. Moments are means of squares in f32, so gradients up to 1e19 are of use.
 *
 * <p>A NaN or infinite gradient spoils the whole parameter, through the rms. A row or column of zeros moves nothing, since epsilon1
 * keeps its moment above 0. State: {@code row_moment} and {@code column_moment} of matrices, {@code moment} of vectors,
 * {@code momentum}; empty tensors where a parameter has none.
 */
public final class Adafactor extends Optimizer<Adafactor.Options> {
    private static final KernelDeclaration FACTORS = KernelDeclaration.of(OptimizerKernels.class, "adafactorFactors");
    private static final KernelDeclaration STEP = KernelDeclaration.of(OptimizerKernels.class, "adafactorMatrixStep");

    private final List<AdafactorState> states = new ArrayList<>();
    private final List<AdafactorWorkspace> workspaces = new ArrayList<>();

    private Adafactor(Basin basin, List<ParameterGroup<Options>> groups) {
        super(basin, groups);
        Arena arena = Arena.ofAuto();
        long bytes = 0;
        for (int i = 0; i < parameters().size(); i++) {
            AdafactorState state =
                    AdafactorState.of(arena, weights(i), stateType(i, DataType.F32), options(i).beta1() > 0);
            states.add(state);
            bytes = Math.max(bytes, AdafactorWorkspace.bytes(state.shape(), state.type()));
        }
        MemorySegment shared = arena.allocate(bytes, 64);
        for (AdafactorState state : states) {
            workspaces.add(AdafactorWorkspace.of(state.shape(), state.type(), shared));
        }
    }

    /** Over tensors that share hyper-parameters. */
    public static Adafactor over(Basin basin, List<Tensor> parameters, Options options) {
        return new Adafactor(basin, List.of(ParameterGroup.unnamed(parameters, options)));
    }

    /** Over groups of named tensors. */
    public static Adafactor over(Basin basin, List<ParameterGroup<Options>> groups) {
        return new Adafactor(basin, groups);
    }

    @Override
    Map<String, List<Tensor>> ownState() {
        return Map.of(
                "row_moment", states.stream().map(AdafactorState::rowMoment).toList(),
                "column_moment", states.stream().map(AdafactorState::columnMoment).toList(),
                "moment", states.stream().map(AdafactorState::moment).toList(),
                "momentum", states.stream().map(AdafactorState::momentum).toList());
    }

    @Override
    boolean stepsInOneCall() {
        return false;
    }

    @Override
    double learningRate(Options options, double given, long step) {
        return options.relativeStep() ? Math.min(options.warmup() ? 1e-6 * step : 1e-2, 1 / Math.sqrt(step)) : given;
    }

    @Override
    void stepParameter(
            OptimizerKernels kernels, int index, Options options, Gradients gradients, double learningRate, long step) {
        AdafactorShape shape = states.get(index).shape();
        if (shape.isEmpty()) {
            return;
        }
        double scale = options.scaleParameter() ? Math.max(options.epsilon2(), weightsRms(kernels, index)) : 1;
        double decay = -Math.expm1(options.decayRate() * Math.log(step));
        if (shape.isVector()) {
            updateMoments(kernels, index, options, gradients, decay);
        } else {
            updateFactors(kernels, index, options, gradients, decay);
        }
        AdafactorWorkspace work = workspaces.get(index);
        double rms = rms(work.updatePartials(), weights(index).size());
        work.setRates(scale / Math.max(1, rms / options.clip()), scale);
        if (shape.isVector()) {
            moveVector(kernels, index, options, gradients, learningRate);
        } else {
            moveMatrix(kernels, index, options, gradients, learningRate);
        }
    }

    private double weightsRms(OptimizerKernels kernels, int index) {
        Tensor weights = exactWeights(index);
        MemorySegment partials = workspaces.get(index).weightPartials();
        kernels.squaredNorm(weights.type().code(), weights.memory(), partials,
                0, states.get(index).shape().weightPartials(), weights.size());
        return rms(partials, weights.size());
    }

    private static double rms(MemorySegment partials, long count) {
        return Math.sqrt(Partials.sum(partials, partials.byteSize() / Double.BYTES) / count);
    }

    private void updateMoments(OptimizerKernels kernels, int index, Options options, Gradients gradients, double decay) {
        AdafactorState state = states.get(index);
        Tensor gradient = gradients.tensors().get(index);
        kernels.adafactorVectorMoments(
                gradient.type().code(), gradient.memory(), state.type().code(), state.moment().memory(),
                workspaces.get(index).updatePartials(), factor(gradients), 0, state.shape().blocks(), gradient.size(),
                decay, options.epsilon1(), gradients.scale());
    }

    private void updateFactors(OptimizerKernels kernels, int index, Options options, Gradients gradients, double decay) {
        AdafactorState state = states.get(index);
        AdafactorShape shape = state.shape();
        AdafactorWorkspace work = workspaces.get(index);
        Tensor gradient = gradients.tensors().get(index);
        kernels.adafactorSquares(
                gradient.type().code(), gradient.memory(), work.rowPartials(), work.columnPartials(),
                0, shape.blocks(), shape.matrices(), shape.rows(), shape.columns(), shape.tiles(), shape.tileColumns(),
                shape.rowBlocks());
        kernels.adafactorFactors(
                state.type().code(), state.rowMoment().memory(), state.columnMoment().memory(),
                work.rowPartials(), work.columnPartials(), work.rowFactors(), work.columnFactors(), factor(gradients),
                0, shape.matrices(), shape.rows(), shape.columns(), shape.tiles(), shape.tileColumns(), shape.rowBlocks(),
                decay, options.epsilon1(), gradients.scale());
        kernels.adafactorMatrixNorm(
                gradient.type().code(), gradient.memory(), state.type().code(), work.rowFactors(), work.columnFactors(),
                work.updatePartials(), 0, shape.allRows(), shape.columns(), shape.matrices(), shape.rows());
    }

    private void moveVector(OptimizerKernels kernels, int index, Options options, Gradients gradients, double learningRate) {
        AdafactorState state = states.get(index);
        Tensor weights = weights(index);
        Tensor gradient = gradients.tensors().get(index);
        kernels.adafactorVectorStep(
                weights.type().code(), weights.memory(), master(index), gradient.type().code(), gradient.memory(),
                state.type().code(), state.moment().memory(), state.momentumOrNull(), workspaces.get(index).rates(),
                factor(gradients), 0, weights.size(), learningRate, options.beta1(), options.weightDecay(), gradients.scale());
    }

    private void moveMatrix(OptimizerKernels kernels, int index, Options options, Gradients gradients, double learningRate) {
        AdafactorState state = states.get(index);
        AdafactorShape shape = state.shape();
        AdafactorWorkspace work = workspaces.get(index);
        Tensor weights = weights(index);
        Tensor gradient = gradients.tensors().get(index);
        kernels.adafactorMatrixStep(
                weights.type().code(), weights.memory(), master(index), gradient.type().code(), gradient.memory(),
                state.type().code(), work.rowFactors(), work.columnFactors(), state.momentumOrNull(), work.rates(),
                0, shape.allRows(), shape.columns(), shape.matrices(), shape.rows(),
                learningRate, options.beta1(), options.weightDecay());
    }

    /**
     * Hyper-parameters; immutable.
     *
     * @param relativeStep whether the learning rate follows from the step number; true by default
     * @param warmup whether a relative step begins at 1e-6; false by default
     * @param scaleParameter whether steps are in proportion to the weights; true by default
     * @param epsilon1 added to squared gradients: at least 1.2e-38, 1e-30 by default
     * @param epsilon2 the least that weights count for: at least 0, 1e-3 by default
     * @param clip above 0, 1 by default
     * @param decayRate at most 0, -0.8 by default
     * @param beta1 in [0, 1); 0 by default, which is no momentum and no memory for one
     * @param weightDecay at least 0, 0 by default
     */
    public record Options(
            boolean relativeStep, boolean warmup, boolean scaleParameter, double epsilon1, double epsilon2, double clip,
            double decayRate, double beta1, double weightDecay) {
        public Options {
            FACTORS.checked("epsilon1", epsilon1);
            STEP.checked("beta1", beta1);
            STEP.checked("weightDecay", weightDecay);
            require(epsilon2 >= 0 && Double.isFinite(epsilon2), "epsilon2 must be finite and at least 0, got " + epsilon2);
            require(clip > 0, "clip must be above 0, got " + clip);
            require(decayRate <= 0 && Double.isFinite(decayRate), "decayRate must be finite and at most 0, got " + decayRate);
        }

        private static void require(boolean condition, String message) {
            if (!condition) {
                throw new IllegalArgumentException(message);
            }
        }

        public static Options defaults() {
            return new Options(true, false, true, 1e-30, 1e-3, 1, -0.8, 0, 0);
        }

        public Options relativeStep(boolean value) {
            return new Options(value, warmup, scaleParameter, epsilon1, epsilon2, clip, decayRate, beta1, weightDecay);
        }

        public Options warmup(boolean value) {
            return new Options(relativeStep, value, scaleParameter, epsilon1, epsilon2, clip, decayRate, beta1, weightDecay);
        }

        public Options scaleParameter(boolean value) {
            return new Options(relativeStep, warmup, value, epsilon1, epsilon2, clip, decayRate, beta1, weightDecay);
        }

        public Options epsilon1(double value) {
            return new Options(relativeStep, warmup, scaleParameter, value, epsilon2, clip, decayRate, beta1, weightDecay);
        }

        public Options epsilon2(double value) {
            return new Options(relativeStep, warmup, scaleParameter, epsilon1, value, clip, decayRate, beta1, weightDecay);
        }

        public Options clip(double value) {
            return new Options(relativeStep, warmup, scaleParameter, epsilon1, epsilon2, value, decayRate, beta1, weightDecay);
        }

        public Options decayRate(double value) {
            return new Options(relativeStep, warmup, scaleParameter, epsilon1, epsilon2, clip, value, beta1, weightDecay);
        }

        public Options beta1(double value) {
            return new Options(relativeStep, warmup, scaleParameter, epsilon1, epsilon2, clip, decayRate, value, weightDecay);
        }

        public Options weightDecay(double value) {
            return new Options(relativeStep, warmup, scaleParameter, epsilon1, epsilon2, clip, decayRate, beta1, value);
        }
    }
}
