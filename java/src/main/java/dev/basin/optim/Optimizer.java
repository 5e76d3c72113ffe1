package dev.basin.optim;

import dev.basin.Basin;
import dev.basin.DataType;
import dev.basin.Tensor;
import dev.basin.dispatch.CommonChecks;
import dev.basin.dispatch.TensorTable;
import dev.basin.file.HostCopies;
import dev.basin.file.StateFile;
import dev.basin.kernel.Kernels;
import dev.basin.kernel.OptimizerKernels;
import dev.basin.kernel.TableKernels;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Updates parameters in place from their gradients. A trainer changes optimizers by changing which one it makes; wrappers reach
 * what they need through {@link #parameters()}, {@link #state()} and {@link #step(Gradients, double)}.
 *
 * <p>Parameters and gradients are f32 or bf16, each as it likes. A bf16 parameter has an f32 master, in which steps are computed and
 * from which it is rounded to nearest, unless its group does without: see {@link ParameterGroup}. Who writes into such a parameter
 * between steps must write into its master, the state {@code master_weights}, too: the next step starts from the master.
 *
 * <p>Masters and state lie where the parameter does. Where all parameters and gradients lie on a device, a step of {@link AdamW},
 * {@link Lion}, {@link Sgd}, and {@link LionK} of sums over elements is a launch for each group; others take some for each parameter.
 *
 * <p>One step is one call over all tensors. A step that is refused, because one gradient does not fit say, changes nothing. Steps
 * of one optimizer must not overlap in time.
 *
 * @param <O> the hyper-parameters of a group
 */
public abstract class Optimizer<O> {
    private static final String STEPS = "steps";

    private final Basin basin;
    private final List<Parameter> parameters = new ArrayList<>();
    private final List<ParameterGroup<O>> groupOfParameter = new ArrayList<>();
    private final List<Tensor> masters = new ArrayList<>();
    private final Step step = new Step();
    private final SmallParameters smallParameters;
    private final List<ParameterGroup<O>> groups;
    private @Nullable Boolean onDevice;
    private @Nullable TableSteps tableSteps;
    private @Nullable Gradients checked;
    private long steps;

    Optimizer(Basin basin, List<ParameterGroup<O>> groups) {
        this.basin = basin;
        this.groups = List.copyOf(groups);
        for (ParameterGroup<O> group : groups) {
            for (Parameter parameter : group.parameters()) {
                parameters.add(parameter);
                groupOfParameter.add(group);
            }
        }
        requireDistinctNames();
        makeMasters();
        smallParameters = new SmallParameters(basin, parameters, step);
    }

    private void makeMasters() {
        Arena arena = Arena.ofAuto();
        for (int i = 0; i < parameters.size(); i++) {
            Tensor weights = weights(i);
            boolean isHalf = weights.type() == DataType.BF16 || weights.type() == DataType.F16;
            if (isHalf && groupOfParameter.get(i).masterWeights()) {
                Tensor master = basin.zerosLike(arena, weights, DataType.F32);
                Conversion.convert(basin, weights, master);
                masters.add(master);
            } else {
                masters.add(weights);
            }
        }
    }

    /** The parameters, group after group: the order that gradients follow. */
    public final List<Parameter> parameters() {
        return List.copyOf(parameters);
    }

    /** How many steps were made. */
    public final long steps() {
        return steps;
    }

    /**
     * State tensors by kind, each list in the order of the parameters; the optimizer's own memory, to read, save or restore. Among
     * them are {@code master_weights} if any parameter has a master; a parameter without one stands for itself.
     */
    public final Map<String, List<Tensor>> state() {
        return withMasters(ownState());
    }

    private Map<String, List<Tensor>> withMasters(Map<String, List<Tensor>> own) {
        Map<String, List<Tensor>> state = new LinkedHashMap<>(own);
        if (hasMasters()) {
            state.put("master_weights", List.copyOf(masters));
        }
        return state;
    }

    private boolean hasMasters() {
        for (int i = 0; i < masters.size(); i++) {
            if (masters.get(i) != weights(i)) {
                return true;
            }
        }
        return false;
    }

    /** One step, with gradients as they are. */
    public final void step(List<Tensor> gradients, double learningRate) {
        step(Gradients.of(gradients), learningRate);
    }

    /**
     * One step.
     *
     * @param gradients shaped like the parameters, in their order
     * @param learningRate finite and at least 0
     * @throws IllegalArgumentException naming what does not fit; nothing has changed then
     */
    public final void step(Gradients gradients, double learningRate) {
        checkShapes(gradients, learningRate);
        OptimizerKernels kernels = basin.kernels().optimizer();
        if ((parameters.size() > 1 || !stepsInOneCall()) && !areChecked(gradients)) {
            stepAll(basin.checks().optimizer(), gradients, learningRate);
            checked = gradients;
        }
        if (stepsByTable(gradients)) {
            tableSteps().check(gradients, learningRate);
            tableSteps().step(gradients, learningRate);
        } else if (stepsInOneCall()) {
            step.set(kernels, gradients, learningRate);
            smallParameters.forEach(parameters, gradients);
        } else {
            stepAll(kernels, gradients, learningRate);
        }
        steps++;
    }

    private boolean stepsByTable(Gradients gradients) {
        return liesOnDevice() && !basin.traffic().isRecording() && tableSteps().take(basin, gradients);
    }

    /** Whether a table can be made of parameters, masters and state. */
    private boolean liesOnDevice() {
        if (onDevice == null) {
            List<Tensor> weights = parameters.stream().map(Parameter::tensor).toList();
            onDevice = weights.size() > 1 && stateColumns() > 0 && basin.areOnDevice(weights)
                    && CommonChecks.haveMemoryOfTheirOwn(weights);
        }
        return onDevice;
    }

    private TableSteps tableSteps() {
        TableSteps made = tableSteps;
        if (made == null) {
            made = new TableSteps(basin, this, groups);
            tableSteps = made;
        }
        return made;
    }

    /**
     * Takes a perturbation back and makes one step, in one pass over memory if the optimizer has one; the bits are those of the
     * one after the other.
     *
     * @param perturbation one of these parameters
     * @throws IllegalArgumentException naming what does not fit; nothing has changed then
     */
    public final void restoreAndStep(Perturbation perturbation, Gradients gradients, double learningRate) {
        checkShapes(gradients, learningRate);
        Kernels kernels = basin.kernels();
        restoreAndStepAll(basin.checks(), perturbation, gradients, learningRate);
        restoreAndStepAll(kernels, perturbation, gradients, learningRate);
        steps++;
    }

    /** Refuses what {@link #step(Gradients, double)} would refuse, and does nothing else. */
    public final void check(Gradients gradients, double learningRate) {
        checkShapes(gradients, learningRate);
        stepAll(basin.checks().optimizer(), gradients, learningRate);
    }

    /**
     * Goes on where another optimizer stopped.
     *
     * @param stepsMade the other's {@link #steps()}; its {@link #state()} is the caller's to copy into this one's
     */
    public final void resume(long stepsMade) {
        if (stepsMade < 0) {
            throw new IllegalArgumentException("stepsMade must be at least 0, got " + stepsMade);
        }
        steps = stepsMade;
    }

    /**
     * Saves {@link #state()} and {@link #steps()} as a safetensors file: a tensor for each kind of state and parameter, named
     * {@code kind.parameter}. The file is written beside its name, forced to the disk and renamed, so that the name stands for a
     * whole file whenever the writer stops. Parameters that have no master are the caller's to save, hyper-parameters are in the
     * program.
     */
    public final void save(Path file) throws IOException {
        StateFile.save(file, getClass().getSimpleName(), Map.of(STEPS, steps), HostCopies.of(basin, named(state())).tensors());
    }

    /**
     * Goes on where a saved optimizer stopped: with the same parameters, gradients and hyper-parameters, to the bit.
     *
     * @throws IOException if the file is damaged, of another optimizer or of other parameters, with the reason; nothing has changed
     *     then
     */
    public final void load(Path file) throws IOException {
        StateFile saved = StateFile.read(file, getClass().getSimpleName());
        long stepsMade = saved.count(STEPS);
        HostCopies state = HostCopies.toFill(basin, named(withMasters(ownStateAfter(stepsMade))));
        saved.fill(state.tensors());
        state.copyBack();
        adoptState();
        resume(stepsMade);
    }

    private Map<String, Tensor> named(Map<String, List<Tensor>> state) {
        Map<String, Tensor> named = new LinkedHashMap<>();
        state.forEach((kind, tensors) -> {
            for (int i = 0; i < tensors.size(); i++) {
                if (tensors.get(i) != weights(i)) {
                    named.put(kind + "." + parameters.get(i).name(), tensors.get(i));
                }
            }
        });
        return named;
    }

    /** The state beside the masters. */
    abstract Map<String, List<Tensor>> ownState();

    /** The state that there is after so many steps, for a file to fill; {@link #adoptState} follows if it does. */
    Map<String, List<Tensor>> ownStateAfter(long stepsMade) {
        return ownState();
    }

    /** Takes over what {@link #ownStateAfter} made. */
    void adoptState() {}

    /** Updates one parameter; {@code step} counts from 1. */
    abstract void stepParameter(
            OptimizerKernels kernels, int index, O options, Gradients gradients, double learningRate, long step);

    /** Takes the perturbation of one parameter back and updates it. */
    void restoreAndStepParameter(
            Kernels kernels, Perturbation perturbation, int index, O options, Gradients gradients, double learningRate,
            long step) {
        perturbation.restore(kernels.sharpness(), index, weights(index));
        stepParameter(kernels.optimizer(), index, options, gradients, learningRate, step);
    }

    /** Whether a parameter's step is a single call, which is refused before it changes anything. */
    boolean stepsInOneCall() {
        return true;
    }

    /** The learning rate before its group scales it; {@code step} counts from 1. */
    double learningRate(O options, double given, long step) {
        return given;
    }

    /** How many columns of a table describe the state of a parameter; 0 if parameters on a device are stepped one by one. */
    int stateColumns() {
        return 0;
    }

    /** Writes the state of a parameter into its row, from {@link TableSteps#STATE_COLUMN} on. */
    void setState(TensorTable table, int row, int index) {
        throw new IllegalStateException("there is no table of " + getClass().getSimpleName());
    }

    /** Updates every parameter of a table, whose options these are; {@code step} counts from 1. */
    void stepTable(
            TableKernels kernels, TensorTable table, O options, MemorySegment factor, double scale, double learningRate,
            long step) {
        throw new IllegalStateException("there is no table of " + getClass().getSimpleName());
    }

    /** Updates the parameters of a table, one of which has this number. */
    final void stepRows(
            TableKernels kernels, TensorTable table, int index, MemorySegment factor, double scale, double learningRate) {
        stepTable(kernels, table, options(index), factor, scale, learningRateOf(index, learningRate), steps + 1);
    }

    /** A state tensor of zeros for each parameter, stored as its group's options say, where the parameter lies. */
    final List<Tensor> zeros(Function<O, DataType> type) {
        Arena arena = Arena.ofAuto();
        List<Tensor> zeros = new ArrayList<>();
        for (int i = 0; i < parameters.size(); i++) {
            zeros.add(basin.zerosLike(arena, weights(i), stateType(i, type.apply(options(i)))));
        }
        return List.copyOf(zeros);
    }

    /** The state of a parameter of doubles is doubles. */
    final DataType stateType(int index, DataType wanted) {
        return weights(index).type() == DataType.F64 ? DataType.F64 : wanted;
    }

    final O options(int index) {
        return groupOfParameter.get(index).options();
    }

    final Tensor weights(int index) {
        return parameters.get(index).tensor();
    }

    /** The weights that steps are computed in: the master, or the parameter itself. */
    final Tensor exactWeights(int index) {
        return masters.get(index);
    }

    /** The master of a parameter, absent if it has none. */
    final MemorySegment master(int index) {
        Tensor master = masters.get(index);
        return master == weights(index) ? MemorySegment.NULL : master.memory();
    }

    static MemorySegment factor(Gradients gradients) {
        Tensor factor = gradients.factor();
        return factor == null ? MemorySegment.NULL : factor.memory();
    }

    private void stepAll(OptimizerKernels kernels, Gradients gradients, double learningRate) {
        for (int i = 0; i < parameters.size(); i++) {
            stepOne(kernels, i, gradients, learningRate);
        }
    }

    /** Refuses what a step of one parameter would refuse. */
    final void checkParameter(int index, Gradients gradients, double learningRate) {
        stepOne(basin.checks().optimizer(), index, gradients, learningRate);
    }

    private void stepOne(OptimizerKernels kernels, int index, Gradients gradients, double learningRate) {
        stepParameter(kernels, index, options(index), gradients, learningRateOf(index, learningRate), steps + 1);
    }

    /**
     * Whether these are the gradients of the last step. They and the parameters cannot have changed since but for an arena that was
     * closed.
     */
    private boolean areChecked(Gradients gradients) {
        if (gradients != checked) {
            return false;
        }
        for (int i = 0; i < parameters.size(); i++) {
            if (!isAlive(weights(i)) || !isAlive(gradients.tensors().get(i))) {
                return false;
            }
        }
        return gradients.factor() == null || isAlive(gradients.factor());
    }

    private static boolean isAlive(Tensor tensor) {
        return tensor.memory().scope().isAlive();
    }

    private void restoreAndStepAll(Kernels kernels, Perturbation perturbation, Gradients gradients, double learningRate) {
        for (int i = 0; i < parameters.size(); i++) {
            restoreAndStepParameter(
                    kernels, perturbation, i, options(i), gradients, learningRateOf(i, learningRate), steps + 1);
        }
    }

    private double learningRateOf(int index, double given) {
        return learningRate(options(index), given, steps + 1) * groupOfParameter.get(index).learningRateScale();
    }

    private void checkShapes(Gradients gradients, double learningRate) {
        CommonChecks.atLeastZero("learningRate", learningRate);
        List<Tensor> tensors = gradients.tensors();
        if (tensors.size() != parameters.size()) {
            throw new IllegalArgumentException(
                    "gradients must be one for each of the " + parameters.size() + " parameters, got " + tensors.size());
        }
        for (int i = 0; i < tensors.size(); i++) {
            Tensor gradient = tensors.get(i);
            Tensor weights = weights(i);
            if (!weights.hasShapeOf(gradient) || !gradient.isContiguous()) {
                throw new IllegalArgumentException("the gradient of parameter " + parameters.get(i).name()
                        + " must have the shape " + Arrays.toString(weights.shape()) + " without gaps, got " + gradient);
            }
        }
    }

    private void requireDistinctNames() {
        long distinct = parameters.stream().map(Parameter::name).distinct().count();
        if (distinct != parameters.size()) {
            throw new IllegalArgumentException(
                    "parameters must have names of their own, got " + parameters.stream().map(Parameter::name).toList());
        }
    }

    /** The step under way; kept, so that a step allocates nothing. */
    private final class Step implements IntConsumer {
        private @Nullable OptimizerKernels kernels;
        private @Nullable Gradients gradients;
        private double learningRate;

        void set(OptimizerKernels kernels, Gradients gradients, double learningRate) {
            this.kernels = kernels;
            this.gradients = gradients;
            this.learningRate = learningRate;
        }

        @Override
        public void accept(int index) {
            stepOne(Objects.requireNonNull(kernels), index, Objects.requireNonNull(gradients), learningRate);
        }
    }
}
