package dev.basin.optim;

import dev.basin.DataType;
import dev.basin.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * What Adafactor keeps of one parameter; a tensor is empty where the parameter has none.
 *
 * @param rowMoment of matrices: means over their columns
 * @param columnMoment of matrices: means over their rows
 * @param moment of a vector
 */
record AdafactorState(AdafactorShape shape, Tensor rowMoment, Tensor columnMoment, Tensor moment, Tensor momentum) {
    static AdafactorState of(Arena arena, Tensor parameter, DataType type, boolean hasMomentum) {
        AdafactorShape shape = AdafactorShape.of(parameter);
        long[] all = parameter.shape();
        Tensor none = Tensor.allocate(arena, type, 0);
        return new AdafactorState(
                shape,
                shape.isVector() ? none : Tensor.allocate(arena, type, Arrays.copyOf(all, all.length - 1)),
                shape.isVector() ? none : Tensor.allocate(arena, type, withoutRows(all)),
                shape.isVector() ? Tensor.allocate(arena, type, all) : none,
                hasMomentum ? Tensor.allocate(arena, type, all) : none);
    }

    private static long[] withoutRows(long[] shape) {
        long[] rest = Arrays.copyOf(shape, shape.length - 1);
        rest[rest.length - 1] = shape[shape.length - 1];
        return rest;
    }

    DataType type() {
        return moment.type();
    }

    MemorySegment momentumOrNull() {
        return momentum.size() == 0 ? MemorySegment.NULL : momentum.memory();
    }
}
