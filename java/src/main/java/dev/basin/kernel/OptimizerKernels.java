package dev.basin.kernel;

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
            @Range(min = 0) double epsilon,
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
}
