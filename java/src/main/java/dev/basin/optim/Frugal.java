package dev.basin.optim;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.kernel.KernelDeclaration;
import dev.basin.kernel.OptimizerKernels;
import dev.basin.matrix.Matrix;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * FRUGAL: AdamW on a part of each parameter that changes from time to time, a rule without state on the rest (Zmushko and others,
 * FRUGAL: Memory-Efficient Optimization by Reducing State Overhead for Scalable Training, arXiv 2411.07837).
 *
 * <pre>{@code
 * w = w (1 - lr decay)
 * selected:  m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2
 *            w -= lr rateScale (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
 * the rest:  w -= lr rateScale freeScale f(g),  f(g) = sign(g), g or 0
 * low rank:  AdamW's move u of low = g P' (or P' g), w -= lr rateScale (up(u) + freeScale f(g - up(low)))
 * }</pre>
 *
 * Every {@code updateGap} steps the selection is made anew, t counts from 1 again and the moments start from zero. A selection
 * follows from its seed, the parameter's number and the step, so {@link #resume} and the {@link #state()} restore a run to the
 * bit: call {@code resume} first, the state has the shape of its step.
 *
 * <p>Weights and gradients are f32 or bf16, moments f32 and compact: {@code 8 density} bytes a parameter, and beside them 4 bytes
 * for each index. Bytes of traffic a parameter in f32: 12 and 16 for each selected one. Sign(0) is 0. A NaN gradient spoils its own
 * element; under a low-rank split, the parameter.
 *
 * <p>Low rank: P is found in double from the eigenvectors of the smaller Gram matrix, cubic in its size. Beyond the reference code,
 * singular vectors that belong to zeros count as absent; and where the rank is the full dimension, or the subspace holds all of the
 * gradient that it is made from, there is no free part: the sign of a residual that is rounding would be a move of full size. Two
 * matrices of a parameter's size are kept to compute with, for each shape. State: {@code first_moment}, {@code second_moment} and
 * {@code projector}.
 */
public final class Frugal extends Optimizer<Frugal.Options> {
    private static final KernelDeclaration DECLARATION = KernelDeclaration.of(OptimizerKernels.class, "frugalStep");

    private final Basin basin;
    private final List<FrugalState> states = new ArrayList<>();
    private final List<LowRankWorkspace> workspaces = new ArrayList<>();
    /** The state that a file may bring. */
    private List<FrugalState> loading = List.of();

    private Frugal(Basin basin, List<ParameterGroup<Options>> groups) {
        super(basin, groups);
        this.basin = basin;
        for (int i = 0; i < parameters().size(); i++) {
            states.add(stateIn(i, 0));
        }
    }

    /** Over tensors that share hyper-parameters. */
    public static Frugal over(Basin basin, List<Tensor> parameters, Options options) {
        return new Frugal(basin, List.of(ParameterGroup.unnamed(parameters, options)));
    }

    /** Over groups of named tensors. */
    public static Frugal over(Basin basin, List<ParameterGroup<Options>> groups) {
        return new Frugal(basin, groups);
    }

    /** Bytes of the moments of all parameters. */
    public long momentBytes() {
        return states.stream().mapToLong(FrugalState::momentBytes).sum();
    }

    /** Bytes of indices and projectors, which say where moments belong. */
    public long selectionBytes() {
        return states.stream().mapToLong(FrugalState::selectionBytes).sum();
    }

    @Override
    Map<String, List<Tensor>> ownState() {
        Map<String, List<Tensor>> state = ownStateAfter(steps());
        adoptState();
        return state;
    }

    @Override
    Map<String, List<Tensor>> ownStateAfter(long stepsMade) {
        loading = IntStream.range(0, states.size()).mapToObj(i -> stateIn(i, subspace(i, Math.max(1, stepsMade)))).toList();
        return Map.of("first_moment", tensors(FrugalState::first), "second_moment", tensors(FrugalState::second),
                "projector", tensors(FrugalState::projector));
    }

    @Override
    void adoptState() {
        states.clear();
        states.addAll(loading);
    }

    private List<Tensor> tensors(Function<FrugalState, Tensor> part) {
        return loading.stream().map(part).toList();
    }

    private long subspace(int index, long step) {
        return options(index).split() instanceof Split.Whole ? 0 : (step - 1) / options(index).updateGap();
    }

    /** The state of a parameter in a subspace: the present one, or one made anew. */
    private FrugalState stateIn(int index, long subspace) {
        if (index < states.size() && states.get(index).subspace() == subspace) {
            return states.get(index);
        }
        Split split = options(index).split();
        int blocks = 0;
        int block = 0;
        for (int i = 0; split instanceof Split.Blocks && i < parameters().size(); i++) {
            if (options(i).split().equals(split)) {
                block += i < index ? 1 : 0;
                blocks++;
            }
        }
        return FrugalState.of(split, index, weights(index), stateType(index, DataType.F32), subspace, block, blocks);
    }

    @Override
    void stepParameter(
            OptimizerKernels kernels, int index, Options options, Gradients gradients, double learningRate, long step) {
        long subspace = subspace(index, step);
        FrugalState state = stateIn(index, subspace);
        boolean onlyChecks = kernels == basin.checks().optimizer();
        if (!onlyChecks) {
            states.set(index, state);
        }
        long stepInSubspace = step - subspace * options.updateGap();
        boolean isLowRank = options.split() instanceof Split.LowRank && state.selected().size() > 0;
        if (isLowRank && weights(index).size() > 0) {
            stepInSubspace(kernels, index, state, gradients, learningRate, stepInSubspace, onlyChecks);
            return;
        }
        Tensor weights = weights(index);
        Tensor gradient = gradients.tensors().get(index);
        kernels.frugalStep(
                weights.type().code(), weights.memory(), master(index), gradient.type().code(), gradient.memory(),
                state.selected().memory(), state.first().type().code(), state.first().memory(), state.second().memory(),
                factor(gradients), 0, weights.size(), state.periods(), state.selected().size(), state.width(), state.units(),
                learningRate, options.beta1(), options.beta2(), options.epsilon(), options.weightDecay(), options.rateScale(),
                options.freeScale(), options.rule().ordinal(), gradients.scale(), stepInSubspace);
    }

    @Override
    boolean stepsInOneCall() {
        return false;
    }

    private void stepInSubspace(
            OptimizerKernels kernels, int index, FrugalState state, Gradients gradients, double learningRate, long step,
            boolean onlyChecks) {
        Options options = options(index);
        Tensor weights = weights(index);
        Tensor gradient = gradients.tensors().get(index);
        LowRankWorkspace workspace = workspace(state, (Split.LowRank) options.split(), weights);
        LowRankProjector projector = workspace.projector();
        boolean right = projector.right();
        long rank = right ? state.projector().rows() : state.projector().columns();
        // Of the gradient that the subspace was made from nothing may be left outside of it; rounding would have a sign.
        boolean holdsAll = false;
        if (!onlyChecks) {
            Matrix g = workspace.full();
            takeGradient(g, gradient, gradients);
            if (step == 1) {
                holdsAll = projector.fill(g);
                projector.vectors().writeTo(state.projector());
            } else {
                projector.vectors().copyFrom(state.projector());
            }
            projector.down(basin.gemm(), g, workspace.low());
            projector.up(basin.gemm(), workspace.low(), workspace.projected());
            setNegativeMove(kernels, options, state, workspace, step);
            projector.up(basin.gemm(), workspace.move(), workspace.full());
        }
        boolean isFull = holdsAll || rank >= (right ? weights.columns() : weights.rows());
        kernels.frugalSubspaceStep(
                weights.type().code(), weights.memory(), master(index), gradient.type().code(), gradient.memory(),
                state.first().type().code(), workspace.full().memory(),
                isFull ? MemorySegment.NULL : workspace.projected().memory(), factor(gradients),
                0, weights.size(), learningRate, options.weightDecay(), options.rateScale(), options.freeScale(),
                options.rule().ordinal(), gradients.scale());
    }

    private LowRankWorkspace workspace(FrugalState state, Split.LowRank split, Tensor weights) {
        boolean right = FrugalState.isRight(split, weights.rows(), weights.columns());
        long rank = right ? state.projector().rows() : state.projector().columns();
        DataType type = state.first().type();
        for (int i = 0; i < workspaces.size(); i++) {
            if (workspaces.get(i).serves(type, right, weights.rows(), weights.columns(), rank)) {
                return workspaces.get(i);
            }
        }
        LowRankWorkspace made = LowRankWorkspace.of(type, right, Math.toIntExact(weights.rows()),
                Math.toIntExact(weights.columns()), Math.toIntExact(rank));
        workspaces.add(made);
        return made;
    }

    /** AdamW's step from zero at the rate 1, in the subspace. */
    private static void setNegativeMove(
            OptimizerKernels kernels, Options options, FrugalState state, LowRankWorkspace workspace, long step) {
        Matrix low = workspace.low();
        Matrix move = workspace.move();
        move.memory().fill((byte) 0);
        int type = low.type().code();
        kernels.frugalStep(
                type, move.memory(), MemorySegment.NULL, type, low.memory(), state.selected().memory(), type,
                state.first().memory(), state.second().memory(), MemorySegment.NULL, 0, low.size(), 1, 1, low.size(), 1,
                1, options.beta1(), options.beta2(), options.epsilon(), 0, 1, 0, 0, 1, step);
    }

    /** A gradient, scaled. */
    private void takeGradient(Matrix to, Tensor gradient, Gradients gradients) {
        if (gradient.type() == DataType.BF16 && to.type() == DataType.F32 && gradient.isContiguous()) {
            basin.kernels().optimizer().convert(
                    gradient.type().code(), gradient.memory(), to.type().code(), to.memory(), 0, to.size());
        } else {
            to.copyFrom(gradient);
        }
        double scale = gradients.factoredScale();
        for (int i = 0; scale != 1 && i < to.size(); i++) {
            to.put(i, scale * to.at(i));
        }
    }

    /** What moves the elements without state. */
    public enum Rule { /** Nothing. */ NONE, /** The gradient. */ SGD, /** Its sign. */ SIGN_SGD }

    /**
     * Hyper-parameters; immutable.
     *
     * @param split which part has state, a quarter of the columns by default
     * @param updateGap for how many steps a selection lasts: at least 1, 200 by default
     * @param rule of the elements without state, the sign by default
     * @param beta1 in [0, 1), 0.9 by default
     * @param beta2 in [0, 1), 0.999 by default
     * @param epsilon at least 0, 1e-8 by default
     * @param weightDecay at least 0, 0 by default
     * @param rateScale of both parts, not of the decay: at least 0, 1 by default
     * @param freeScale of the elements without state: at least 0, 1 by default; 0.1 is usual for fine-tuning
     */
    public record Options(
            Split split, long updateGap, Rule rule, double beta1, double beta2, double epsilon, double weightDecay,
            double rateScale, double freeScale) {
        public Options {
            if (updateGap < 1) {
                throw new IllegalArgumentException("updateGap must be at least 1, got " + updateGap);
            }
            DECLARATION.checked("beta1", beta1);
            DECLARATION.checked("beta2", beta2);
            DECLARATION.checked("epsilon", epsilon);
            DECLARATION.checked("weightDecay", weightDecay);
            DECLARATION.checked("rateScale", rateScale);
            DECLARATION.checked("freeScale", freeScale);
        }

        public static Options defaults() {
            return new Options(
                    new Split.Columns(Choice.random(0.25, 0)), 200, Rule.SIGN_SGD, 0.9, 0.999, 1e-8, 0, 1, 1);
        }

        public Options split(Split value) {
            return new Options(value, updateGap, rule, beta1, beta2, epsilon, weightDecay, rateScale, freeScale);
        }

        public Options updateGap(long value) {
            return new Options(split, value, rule, beta1, beta2, epsilon, weightDecay, rateScale, freeScale);
        }

        public Options rule(Rule value) {
            return new Options(split, updateGap, value, beta1, beta2, epsilon, weightDecay, rateScale, freeScale);
        }

        public Options beta1(double value) {
            return new Options(split, updateGap, rule, value, beta2, epsilon, weightDecay, rateScale, freeScale);
        }

        public Options beta2(double value) {
            return new Options(split, updateGap, rule, beta1, value, epsilon, weightDecay, rateScale, freeScale);
        }

        public Options epsilon(double value) {
            return new Options(split, updateGap, rule, beta1, beta2, value, weightDecay, rateScale, freeScale);
        }

        public Options weightDecay(double value) {
            return new Options(split, updateGap, rule, beta1, beta2, epsilon, value, rateScale, freeScale);
        }

        public Options rateScale(double value) {
            return new Options(split, updateGap, rule, beta1, beta2, epsilon, weightDecay, value, freeScale);
        }

        public Options freeScale(double value) {
            return new Options(split, updateGap, rule, beta1, beta2, epsilon, weightDecay, rateScale, value);
        }
    }
}
