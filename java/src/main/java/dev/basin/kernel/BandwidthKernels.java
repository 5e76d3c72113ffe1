package dev.basin.kernel;

import java.lang.foreign.MemorySegment;

/** What the memory allows, beside which times are shown; {@code native/include/basin/bandwidth.h}. */
public interface BandwidthKernels {
    /** Moves as many streams as are given, with next to no arithmetic. */
    @Operations(perElement = 1, of = "update0")
    void stream(
            @InOut(shape = "elements", type = "f32", optional = true) MemorySegment update0,
            @InOut(shape = "elements", type = "f32", optional = true) MemorySegment update1,
            @InOut(shape = "elements", type = "f32", optional = true) MemorySegment update2,
            @Input(shape = "elements", type = "f32", optional = true) MemorySegment read0,
            @Input(shape = "elements", type = "f32", optional = true) MemorySegment read1,
            @Input(shape = "elements", type = "f32", optional = true) MemorySegment read2,
            @Output(shape = "elements", type = "f32", optional = true) MemorySegment write0,
            @Output(shape = "elements", type = "f32", optional = true) MemorySegment write1,
            @RangeBegin long begin,
            @RangeEnd("elements") long end,
            @Range(min = 0, max = 1) int nonTemporal);
}
