package dev.basin.kernel;

import static dev.basin.DataType.BF16;
import static dev.basin.DataType.F32;

import java.lang.foreign.MemorySegment;

/** Optimizer steps over one tensor; {@code native/include/basin/optimizer.h} says what each computes. */
public interface OptimizerKernels {
    void adamwStep(
            @StorageTypes(F32) int weightsType,
            @InOut(shape = "elements", type = "weightsType") MemorySegment weights,
            @StorageTypes(F32) int gradientsType,
            @Input(shape = "elements", type = "gradientsType") MemorySegment gradients,
            @StorageTypes(F32) int stateType,
            @InOut(shape = "elements", type = "stateType") MemorySegment firstMoment,
            @InOut(shape = "elements", type = "stateType") MemorySegment secondMoment,
            @Input(shape = "1", type = "f32", optional = true) MemorySegment gradFactor,
            @RangeBegin long begin,
            @RangeEnd("elements") long end,
            @Range(min = 0) double learningRate,
            @Range(min = 0, max = 1, belowMax = true) double beta1,
            @Range(min = 0, max = 1, belowMax = true) double beta2,
            @Range(min = 0, aboveMin = true) double epsilon,
            @Range(min = 0) double weightDecay,
            double gradScale,
            @Range(min = 1) long step);

    void lionStep(
            @StorageTypes(F32) int weightsType,
            @InOut(shape = "elements", type = "weightsType") MemorySegment weights,
            @StorageTypes(F32) int gradientsType,
            @Input(shape = "elements", type = "gradientsType") MemorySegment gradients,
            @StorageTypes(F32) int stateType,
            @InOut(shape = "elements", type = "stateType") MemorySegment momentum,
            @Input(shape = "1", type = "f32", optional = true) MemorySegment gradFactor,
            @RangeBegin long begin,
            @RangeEnd("elements") long end,
            @Range(min = 0) double learningRate,
            @Range(min = 0, max = 1, belowMax = true) double beta1,
            @Range(min = 0, max = 1, belowMax = true) double beta2,
            @Range(min = 0) double weightDecay,
            double gradScale);

    void sgdMomentumStep(
            @StorageTypes(F32) int weightsType,
            @InOut(shape = "elements", type = "weightsType") MemorySegment weights,
            @StorageTypes(F32) int gradientsType,
            @Input(shape = "elements", type = "gradientsType") MemorySegment gradients,
            @StorageTypes(F32) int stateType,
            @InOut(shape = "elements", type = "stateType", optional = true) MemorySegment momentumBuffer,
            @Input(shape = "1", type = "f32", optional = true) MemorySegment gradFactor,
            @RangeBegin long begin,
            @RangeEnd("elements") long end,
            @Range(min = 0) double learningRate,
            @Range(min = 0, max = 1, belowMax = true) double momentum,
            @Range(min = 0, max = 1) double dampening,
            @Range(min = 0, max = 1) int nesterov,
            @Range(min = 0) double weightDecay,
            double gradScale,
            @Range(min = 1) long step);

    /** How many elements a partial of {@link #squaredNorm} covers. */
    long SQUARED_NORM_BLOCK = 65536;

    void squaredNorm(
            @StorageTypes({F32, BF16}) int valuesType,
            @Input(shape = "elements", type = "valuesType") MemorySegment values,
            @Output(shape = "blocks", type = "f64") MemorySegment partials,
            @RangeBegin long blockBegin,
            @RangeEnd("blocks") long blockEnd,
            @Extent long elements);
}
