package dev.basin.optim;

import dev.basin.Basin;
import dev.basin.Tensor;
import dev.basin.dispatch.Call;
import dev.basin.dispatch.RangeTask;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
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
    private final boolean ownMemory;

    /** @param step of the parameter with a number */
    SmallParameters(Basin basin, List<Parameter> parameters, IntConsumer step) {
        this.basin = basin;
        this.step = step;
        this.ownMemory = haveMemoryOfTheirOwn(parameters);
        IntPredicate isSmall = ownMemory ? i -> !basin.helps(bytes(parameters.get(i))) : i -> false;
        this.small = IntStream.range(0, parameters.size()).filter(isSmall).toArray();
        this.large = IntStream.range(0, parameters.size()).filter(isSmall.negate()).toArray();
        this.bytes = IntStream.of(small).mapToLong(i -> bytes(parameters.get(i))).sum();
    }

    /** Whether no two parameters share memory; those over the same are stepped one after the other. */
    boolean haveMemoryOfTheirOwn() {
        return ownMemory;
    }

    private static boolean haveMemoryOfTheirOwn(List<Parameter> parameters) {
        Set<Object> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
        List<MemorySegment> offHeap = new ArrayList<>();
        for (Parameter parameter : parameters) {
            MemorySegment memory = parameter.tensor().memory();
            if (memory.isNative()) {
                offHeap.add(memory.asSlice(0, extent(parameter.tensor())));
            } else if (!arrays.add(memory.heapBase().orElse(memory))) {
                return false;
            }
        }
        offHeap.sort(Comparator.comparingLong(MemorySegment::address));
        for (int i = 1; i < offHeap.size(); i++) {
            if (offHeap.get(i - 1).asOverlappingSlice(offHeap.get(i)).isPresent()) {
                return false;
            }
        }
        return true;
    }

    /** Bytes from the first element to the last. */
    private static long extent(Tensor tensor) {
        return tensor.size() == 0 ? 0 : ((tensor.rows() - 1) * tensor.rowStride() + tensor.columns()) * tensor.type().byteSize();
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
