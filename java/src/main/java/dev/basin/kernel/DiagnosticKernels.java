package dev.basin.kernel;

import java.lang.foreign.MemorySegment;

/** Kernels that measure the seam itself; {@code native/include/basin/diagnostic.h}. */
public interface DiagnosticKernels {
    /** Does nothing. */
    @Operations(perElement = 0, of = "values")
    void empty(
            @Input(shape = "elements", type = "f32") MemorySegment values,
            @RangeBegin long begin,
            @RangeEnd("elements") long end);
}
