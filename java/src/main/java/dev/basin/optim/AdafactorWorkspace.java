package dev.basin.optim;

import dev.basin.DataType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What Adafactor's kernels hand each other while they update one parameter. All parameters use the same memory in turn, about 3% of
 * the largest.
 *
 * @param rates what multiplies the learning rate: of the update, then of the decay
 */
record AdafactorWorkspace(
        MemorySegment rates, MemorySegment weightPartials, MemorySegment updatePartials,
        MemorySegment rowPartials, MemorySegment columnPartials, MemorySegment rowFactors, MemorySegment columnFactors) {
    private static final long ALIGNMENT = 64;

    /** Bytes that a parameter needs. */
    static long bytes(AdafactorShape shape, DataType stateType) {
        long total = 0;
        for (long length : lengths(shape, stateType)) {
            total += aligned(length);
        }
        return total;
    }

    /** A parameter's view of the memory. */
    static AdafactorWorkspace of(AdafactorShape shape, DataType stateType, MemorySegment memory) {
        long[] lengths = lengths(shape, stateType);
        MemorySegment[] parts = new MemorySegment[lengths.length];
        long offset = 0;
        for (int i = 0; i < lengths.length; i++) {
            parts[i] = memory.asSlice(offset, lengths[i]);
            offset += aligned(lengths[i]);
        }
        return new AdafactorWorkspace(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], parts[6]);
    }

    /** Of the components, in their order; a vector needs the first three. */
    private static long[] lengths(AdafactorShape shape, DataType stateType) {
        long f64 = Double.BYTES;
        long factored = shape.isVector() ? 0 : 1;
        return new long[] {
            2 * f64,
            shape.weightPartials() * f64,
            shape.updatePartials() * f64,
            factored * shape.allRows() * shape.tiles() * f64,
            factored * shape.blocks() * shape.tileColumns() * f64,
            factored * shape.allRows() * stateType.byteSize(),
            factored * shape.matrices() * shape.columns() * stateType.byteSize()
        };
    }

    private static long aligned(long length) {
        return Math.ceilDiv(length, ALIGNMENT) * ALIGNMENT;
    }

    void setRates(double update, double decay) {
        rates.set(ValueLayout.JAVA_DOUBLE, 0, update);
        rates.set(ValueLayout.JAVA_DOUBLE, Double.BYTES, decay);
    }
}
