package dev.basin.kernel;

import static dev.basin.DataType.BF16;
import static dev.basin.DataType.F16;
import static dev.basin.DataType.F32;

import java.lang.foreign.MemorySegment;

/** Losses against the model's own past, and running averages of weights. {@code native/include/basin/trajectory.h} says what each computes. */
public interface TrajectoryKernels {
    @Operations(perElement = 70, of = "logits")
    void safLossForwardBackward(
            @StorageTypes({F32, BF16}) int logitsType,
            @Input(shape = {"rows", "classes"}, type = "logitsType", stride = "logitsStride") MemorySegment logits,
            long logitsStride,
            @StorageTypes({F32, BF16, F16}) int pastType,
            @Input(shape = {"pastRows", "classes"}, type = "pastType", stride = "pastStride", optional = true)
                    @RowsFrom("pastIndices")
                    MemorySegment past,
            long pastStride,
            @Input(shape = "rows", type = "i32", optional = true) @Labels(below = "pastRows") MemorySegment pastIndices,
            @Input(shape = "rows", type = "i32") @Labels(below = "classes", ignore = "ignoreIndex") MemorySegment targets,
            @StorageTypes(F32) int weightsType,
            @Input(shape = "rows", type = "weightsType", optional = true) MemorySegment rowWeights,
            @StorageTypes(F32) int lossType,
            @Output(shape = "rows", type = "lossType", optional = true) MemorySegment losses,
            @Output(shape = "rows", type = "lossType", optional = true) MemorySegment crossEntropies,
            @Output(shape = "rows", type = "lossType", optional = true) MemorySegment divergences,
            @StorageTypes({F32, BF16}) int gradType,
            @Output(shape = {"rows", "classes"}, type = "gradType", stride = "gradStride", optional = true,
                            inPlaceOf = "logits")
                    MemorySegment gradLogits,
            long gradStride,
            @Input(shape = "1", type = "f32", optional = true) MemorySegment gradFactor,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long classes,
            @Extent long pastRows,
            @Range(min = 0) double lambda,
            @Range(min = 0, aboveMin = true) double tau,
            @Range(min = 0, max = 1, belowMax = true) double labelSmoothing,
            double gradScale,
            int ignoreIndex);

    @Operations(perElement = 1, of = "logits")
    void logitRingWrite(
            @StorageTypes({F32, BF16, F16}) int logitsType,
            @Input(shape = {"rows", "classes"}, type = "logitsType", stride = "logitsStride") MemorySegment logits,
            long logitsStride,
            @Input(shape = "rows", type = "i32") @Labels(below = "examples") MemorySegment indices,
            @StorageTypes({F32, BF16, F16}) int slotType,
            @InOut(shape = {"examples", "classes"}, type = "slotType", stride = "slotStride") @RowsFrom("indices")
                    MemorySegment slot,
            long slotStride,
            @RangeBegin long classBegin,
            @RangeEnd("classes") long classEnd,
            @Extent long rows,
            @Extent long examples);

    @Operations(perElement = 3, of = "average")
    void emaUpdate(
            @StorageTypes(F32) int averageType,
            @InOut(shape = "elements", type = "averageType") MemorySegment average,
            @StorageTypes({F32, BF16}) int weightsType,
            @Input(shape = "elements", type = "weightsType") MemorySegment weights,
            @RangeBegin long begin,
            @RangeEnd("elements") long end,
            @Range(min = 0, max = 1, belowMax = true) double decay);
}
