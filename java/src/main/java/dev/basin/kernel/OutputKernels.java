package dev.basin.kernel;

import static dev.basin.DataType.BF16;
import static dev.basin.DataType.F32;
import static dev.basin.DataType.F64;

import java.lang.foreign.MemorySegment;

/** Losses of an output layer beside the softmax family; {@code native/include/basin/output.h} says what each computes. */
public interface OutputKernels {
    @Operations(perElement = 8, of = "logits")
    void zLossForwardBackward(
            @StorageTypes({F32, BF16}) int logitsType,
            @Input(shape = {"rows", "classes"}, type = "logitsType", stride = "logitsStride") MemorySegment logits,
            long logitsStride,
            @Input(shape = "rows", type = "i32") @Labels(below = "classes", ignore = "ignoreIndex") MemorySegment targets,
            @StorageTypes(F32) int weightsType,
            @Input(shape = "rows", type = "weightsType", optional = true) MemorySegment rowWeights,
            @StorageTypes(F32) int lossType,
            @Output(shape = "rows", type = "lossType", optional = true) MemorySegment losses,
            @StorageTypes({F32, BF16}) int gradType,
            @Output(shape = {"rows", "classes"}, type = "gradType", stride = "gradStride", optional = true,
                            inPlaceOf = "logits")
                    MemorySegment gradLogits,
            long gradStride,
            @Input(shape = "1", type = "f32", optional = true) MemorySegment gradFactor,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long classes,
            @Range(min = 0, aboveMin = true) double sharpness,
            double location,
            @Range(min = 0) double epsilon,
            double gradScale,
            int ignoreIndex);

    @Operations(perElement = 6, of = "logits")
    void svmLossForwardBackward(
            @StorageTypes({F32, BF16}) int logitsType,
            @Input(shape = {"rows", "classes"}, type = "logitsType", stride = "logitsStride") MemorySegment logits,
            long logitsStride,
            @Input(shape = "rows", type = "i32") @Labels(below = "classes", ignore = "ignoreIndex") MemorySegment targets,
            @StorageTypes(F32) int weightsType,
            @Input(shape = "rows", type = "weightsType", optional = true) MemorySegment rowWeights,
            @StorageTypes(F32) int lossType,
            @Output(shape = "rows", type = "lossType", optional = true) MemorySegment losses,
            @Output(shape = "rows", type = "i32", optional = true) MemorySegment argmax,
            @StorageTypes({F32, BF16}) int gradType,
            @Output(shape = {"rows", "classes"}, type = "gradType", stride = "gradStride", optional = true,
                            inPlaceOf = "logits")
                    MemorySegment gradLogits,
            long gradStride,
            @Input(shape = "1", type = "f32", optional = true) MemorySegment gradFactor,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long classes,
            @Range(min = 0, aboveMin = true) double cost,
            @Range(min = 1, max = 2) int power,
            double gradScale,
            int ignoreIndex);

    @Operations(perElement = 48, of = "logits")
    void ldrKlForwardBackward(
            @StorageTypes({F32, BF16}) int logitsType,
            @Input(shape = {"rows", "classes"}, type = "logitsType", stride = "logitsStride") MemorySegment logits,
            long logitsStride,
            @Input(shape = "rows", type = "i32") @Labels(below = "classes", ignore = "ignoreIndex") MemorySegment targets,
            @StorageTypes(F32) int weightsType,
            @Input(shape = "rows", type = "weightsType", optional = true) MemorySegment rowWeights,
            @StorageTypes(F32) int lossType,
            @Output(shape = "rows", type = "lossType", optional = true) MemorySegment losses,
            @StorageTypes({F32, BF16}) int gradType,
            @Output(shape = {"rows", "classes"}, type = "gradType", stride = "gradStride", optional = true,
                            inPlaceOf = "logits")
                    MemorySegment gradLogits,
            long gradStride,
            @Input(shape = "1", type = "f32", optional = true) MemorySegment gradFactor,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long classes,
            @Range(min = 0) double lambda,
            @Range(min = 0, max = 1) int uniform,
            @Range(min = 0) double margin,
            @Range(min = 0, max = 2) int normalization,
            double gradScale,
            int ignoreIndex);

    @Operations(perElement = 110, of = "logits")
    void aldrKlForwardBackward(
            @StorageTypes({F32, BF16}) int logitsType,
            @Input(shape = {"rows", "classes"}, type = "logitsType", stride = "logitsStride") MemorySegment logits,
            long logitsStride,
            @Input(shape = "rows", type = "i32") @Labels(below = "classes", ignore = "ignoreIndex") MemorySegment targets,
            @StorageTypes(F32) int weightsType,
            @Input(shape = "rows", type = "weightsType", optional = true) MemorySegment rowWeights,
            @StorageTypes(F32) int lambdaType,
            @Input(shape = "rows", type = "lambdaType") MemorySegment lambdaOld,
            @StorageTypes(F32) int lossType,
            @Output(shape = "rows", type = "lossType", optional = true) MemorySegment losses,
            @Output(shape = "rows", type = "lambdaType", inPlaceOf = "lambdaOld") MemorySegment lambdaNew,
            @StorageTypes({F32, BF16}) int gradType,
            @Output(shape = {"rows", "classes"}, type = "gradType", stride = "gradStride", optional = true,
                            inPlaceOf = "logits")
                    MemorySegment gradLogits,
            long gradStride,
            @Input(shape = "1", type = "f32", optional = true) MemorySegment gradFactor,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long classes,
            @Range(min = 0, aboveMin = true) double lambda0,
            @Range(min = 1, aboveMin = true) double alpha,
            @Range(min = 0) double margin,
            @Range(min = 0) double floor,
            @Range(min = 0, max = 2) int normalization,
            double gradScale,
            int ignoreIndex);

    @Operations(perElement = 80, of = "targetLogits")
    void sphericalLossForwardBackward(
            @StorageTypes({F32, F64}) int valueType,
            @Input(shape = "rows", type = "valueType") MemorySegment targetLogits,
            @Input(shape = "rows", type = "valueType") MemorySegment squareSums,
            @Input(shape = "rows", type = "valueType") MemorySegment sums,
            @Output(shape = "rows", type = "valueType", optional = true) MemorySegment losses,
            @Output(shape = "rows", type = "valueType", optional = true) MemorySegment gradTargetLogits,
            @Output(shape = "rows", type = "valueType", optional = true) MemorySegment gradSquareSums,
            @Output(shape = "rows", type = "valueType", optional = true) MemorySegment gradSums,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Range(min = 1) long classes,
            @Range(min = 0, max = 3) int kind,
            @Range(min = 0, aboveMin = true) double sharpness,
            double location,
            @Range(min = 0) double epsilon,
            @Range(min = 0, aboveMin = true) double scoreEpsilon);

    @Operations(perElement = 130, of = "logProbabilities")
    void dcoForwardBackward(
            @StorageTypes({F32, F64}) int valueType,
            @Input(shape = "rows", type = "valueType") MemorySegment logProbabilities,
            @Output(shape = "rows", type = "valueType", optional = true) MemorySegment losses,
            @Output(shape = "rows", type = "valueType", optional = true) MemorySegment gradLogProbabilities,
            @Output(shape = "rows", type = "valueType", optional = true) MemorySegment factors,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Range(min = 1) double samples,
            @Range(min = 0, max = 1) double dropBelow);
}
