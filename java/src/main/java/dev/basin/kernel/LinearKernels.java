package dev.basin.kernel;

import static dev.basin.DataType.BF16;
import static dev.basin.DataType.F32;

import java.lang.foreign.MemorySegment;

/** Linear classifiers of two classes; {@code native/include/basin/linear.h} says what each kernel computes. */
public interface LinearKernels {
    /** How many rows a block of {@link #linearPartials} has. */
    long BLOCK_ROWS = 64;

    /** Rules of {@link #linearPartials}. */
    int LOGISTIC = 0;

    int MISTAKES = 1;

    int EVERY_ROW = 2;

    @Operations(perElement = 4, of = "features")
    void linearPartials(
            @StorageTypes({F32, BF16}) int featuresType,
            @Input(shape = {"rows", "columns"}, type = "featuresType", stride = "featuresStride") MemorySegment features,
            long featuresStride,
            @Input(shape = "rows", type = "i32") MemorySegment labels,
            @StorageTypes(F32) int thetaType,
            @Input(shape = "columns", type = "thetaType") MemorySegment theta,
            @Output(shape = {"blocks", "columns"}, type = "f64") MemorySegment directions,
            @Output(shape = {"blocks", "4"}, type = "f64") MemorySegment sums,
            @RangeBegin long blockBegin,
            @RangeEnd("blocks") long blockEnd,
            @Extent long rows,
            @Extent long columns,
            @Range(min = LOGISTIC, max = EVERY_ROW) int rule);
}
