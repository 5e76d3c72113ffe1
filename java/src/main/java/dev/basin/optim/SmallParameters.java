package dev.basin.optim;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.dispatch.Call;
import dev.basin.dispatch.CommonChecks;
import dev.basin.dispatch.RangeTask;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Parameters whose steps are too small to be split among threads, which a model has by the hundred: threads share them out instead.
 * A parameter's bits come from one call, whoever makes it.
 */
final class SmallParameters implements RangeTask {
    /** Weights, gradients and a state or two, read and written. */
    private static final long BYTES_AN_ELEMENT = 20;

    private final Basin basin;
    private final IntConsumer step;
    private final int[] small;
    private final int[] large;
    private final long bytes;

    /** @param step of the parameter with a number */
    SmallParameters(Basin basin, List<Parameter> parameters, IntConsumer step) {
        this.basin = basin;
        this.step = step;
        // Parameters over the same memory are stepped one after the other.
        boolean apart = CommonChecks.haveMemoryOfTheirOwn(parameters.stream().map(Parameter::tensor).toList());
        IntPredicate isSmall = apart ? i -> !basin.helps(bytes(parameters.get(i))) : i -> false;
        this.small = IntStream.range(0, parameters.size()).filter(isSmall).toArray();
        this.large = IntStream.range(0, parameters.size()).filter(isSmall.negate()).toArray();
        this.bytes = IntStream.of(small).mapToLong(i -> bytes(parameters.get(i))).sum();
    }

    private static long bytes(Parameter parameter) {
        return parameter.tensor().size() * BYTES_AN_ELEMENT;
    }

    /** Steps every parameter. */
    void forEach(List<Parameter> parameters, Gradients gradients) {
        for (int i : large) {
            step.accept(i);
        }
        if (small.length > 1 && basin.helps(bytes) && areShared(parameters, gradients)) {
            basin.runTogether(this, small.length, bytes);
        } else {
            run(0, small.length);
        }
    }

    @Override
    public void run(long begin, long end) {
        for (int i = (int) begin; i < end; i++) {
            step.accept(small[i]);
        }
    }

    /** Memory of a confined arena is the calling thread's alone. */
    private boolean areShared(List<Parameter> parameters, Gradients gradients) {
        for (int i : small) {
            if (!isShared(parameters.get(i).tensor()) || !isShared(gradients.tensors().get(i))) {
                return false;
            }
        }
        return gradients.factor() == null || isShared(gradients.factor());
    }

    private static boolean isShared(Tensor tensor) {
        return Call.isShared(tensor.memory());
    }
}
