package dev.basin.kernel;

import static dev.basin.DataType.BF16;
import static dev.basin.DataType.F32;

import java.lang.foreign.MemorySegment;

/** Losses over a row of logits; {@code native/include/basin/loss.h} says what each computes. */
public interface LossKernels {
    @Operations(perElement = 24, of = "logits")
    void crossEntropyForwardBackward(
            @StorageTypes({F32, BF16}) int logitsType,
            @Input(shape = {"rows", "classes"}, type = "logitsType", stride = "logitsStride") MemorySegment logits,
            long logitsStride,
            @Input(shape = "rows", type = "i32") @Labels(below = "classes", ignore = "ignoreIndex") MemorySegment targets,
            @StorageTypes(F32) int weightsType,
            @Input(shape = "rows", type = "weightsType", optional = true) MemorySegment rowWeights,
            @Input(shape = "classes", type = "weightsType", optional = true) MemorySegment classWeights,
            @StorageTypes(F32) int lossType,
            @Output(shape = "rows", type = "lossType", optional = true) MemorySegment losses,
            @Output(shape = "rows", type = "lossType", optional = true) MemorySegment lse,
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
            @Range(min = 0, aboveMin = true) double logitScale,
            @Range(min = 0, max = 1) double labelSmoothing,
            @Range(min = 0) double logZPenalty,
            double gradScale,
            int ignoreIndex);

    @Operations(perElement = 22, of = "logits")
    void crossEntropyBackward(
            @StorageTypes({F32, BF16}) int logitsType,
            @Input(shape = {"rows", "classes"}, type = "logitsType", stride = "logitsStride") MemorySegment logits,
            long logitsStride,
            @Input(shape = "rows", type = "i32") @Labels(below = "classes", ignore = "ignoreIndex") MemorySegment targets,
            @StorageTypes(F32) int weightsType,
            @Input(shape = "rows", type = "weightsType", optional = true) MemorySegment rowWeights,
            @Input(shape = "classes", type = "weightsType", optional = true) MemorySegment classWeights,
            @StorageTypes(F32) int lseType,
            @Input(shape = "rows", type = "lseType") MemorySegment lse,
            @StorageTypes({F32, BF16}) int gradType,
            @Output(shape = {"rows", "classes"}, type = "gradType", stride = "gradStride", inPlaceOf = "logits")
                    MemorySegment gradLogits,
            long gradStride,
            @Input(shape = "1", type = "f32", optional = true) MemorySegment gradFactor,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long classes,
            @Range(min = 0, aboveMin = true) double logitScale,
            @Range(min = 0, max = 1) double labelSmoothing,
            @Range(min = 0) double logZPenalty,
            double gradScale,
            int ignoreIndex);

    @Operations(perElement = 32, of = "logits")
    void softCrossEntropyForwardBackward(
            @StorageTypes({F32, BF16}) int logitsType,
            @Input(shape = {"rows", "classes"}, type = "logitsType", stride = "logitsStride") MemorySegment logits,
            long logitsStride,
            @StorageTypes({F32, BF16}) int targetsType,
            @Input(shape = {"rows", "classes"}, type = "targetsType", stride = "targetsStride")
                    MemorySegment targetProbabilities,
            long targetsStride,
            @StorageTypes(F32) int weightsType,
            @Input(shape = "rows", type = "weightsType", optional = true) MemorySegment rowWeights,
            @StorageTypes(F32) int lossType,
            @Output(shape = "rows", type = "lossType", optional = true) MemorySegment losses,
            @Output(shape = "rows", type = "lossType", optional = true) MemorySegment lse,
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
            @Range(min = 0, aboveMin = true) double logitScale,
            @Range(min = 0, max = 1) double labelSmoothing,
            @Range(min = 0) double logZPenalty,
            double gradScale);

    @Operations(perElement = 26, of = "logits")
    void softCrossEntropyBackward(
            @StorageTypes({F32, BF16}) int logitsType,
            @Input(shape = {"rows", "classes"}, type = "logitsType", stride = "logitsStride") MemorySegment logits,
            long logitsStride,
            @StorageTypes({F32, BF16}) int targetsType,
            @Input(shape = {"rows", "classes"}, type = "targetsType", stride = "targetsStride")
                    MemorySegment targetProbabilities,
            long targetsStride,
            @StorageTypes(F32) int weightsType,
            @Input(shape = "rows", type = "weightsType", optional = true) MemorySegment rowWeights,
            @StorageTypes(F32) int lseType,
            @Input(shape = "rows", type = "lseType") MemorySegment lse,
            @StorageTypes({F32, BF16}) int gradType,
            @Output(shape = {"rows", "classes"}, type = "gradType", stride = "gradStride", inPlaceOf = "logits")
                    MemorySegment gradLogits,
            long gradStride,
            @Input(shape = "1", type = "f32", optional = true) MemorySegment gradFactor,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long classes,
            @Range(min = 0, aboveMin = true) double logitScale,
            @Range(min = 0, max = 1) double labelSmoothing,
            @Range(min = 0) double logZPenalty,
            double gradScale);

    @Operations(perElement = 24, of = "logits")
    void focalCrossEntropyForwardBackward(
            @StorageTypes({F32, BF16}) int logitsType,
            @Input(shape = {"rows", "classes"}, type = "logitsType", stride = "logitsStride") MemorySegment logits,
            long logitsStride,
            @Input(shape = "rows", type = "i32") @Labels(below = "classes", ignore = "ignoreIndex") MemorySegment targets,
            @StorageTypes(F32) int weightsType,
            @Input(shape = "rows", type = "weightsType", optional = true) MemorySegment rowWeights,
            @Input(shape = "classes", type = "weightsType", optional = true) MemorySegment classWeights,
            @StorageTypes(F32) int lossType,
            @Output(shape = "rows", type = "lossType", optional = true) MemorySegment losses,
            @Output(shape = "rows", type = "lossType", optional = true) MemorySegment lse,
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
            @Range(min = 0) double gamma,
            double gradScale,
            int ignoreIndex);

    @Operations(perElement = 24, of = "logits")
    void compSumForwardBackward(
            @StorageTypes({F32, BF16}) int logitsType,
            @Input(shape = {"rows", "classes"}, type = "logitsType", stride = "logitsStride") MemorySegment logits,
            long logitsStride,
            @Input(shape = "rows", type = "i32") @Labels(below = "classes", ignore = "ignoreIndex") MemorySegment targets,
            @StorageTypes(F32) int weightsType,
            @Input(shape = "rows", type = "weightsType", optional = true) MemorySegment rowWeights,
            @StorageTypes(F32) int lossType,
            @Output(shape = "rows", type = "lossType", optional = true) MemorySegment losses,
            @Output(shape = "rows", type = "lossType", optional = true) MemorySegment lse,
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
            @Range(min = 0) double tau,
            @Range(min = 0, aboveMin = true) double rho,
            double gradScale,
            int ignoreIndex);

    @Operations(perElement = 34, of = "logits")
    void smoothAdversarialCompSumForwardBackward(
            @StorageTypes({F32, BF16}) int logitsType,
            @Input(shape = {"rows", "classes"}, type = "logitsType", stride = "logitsStride") MemorySegment logits,
            long logitsStride,
            @Input(shape = {"rows", "classes"}, type = "logitsType", stride = "adversarialStride")
                    MemorySegment adversarialLogits,
            long adversarialStride,
            @Input(shape = "rows", type = "i32") @Labels(below = "classes", ignore = "ignoreIndex") MemorySegment targets,
            @StorageTypes(F32) int weightsType,
            @Input(shape = "rows", type = "weightsType", optional = true) MemorySegment rowWeights,
            @StorageTypes(F32) int lossType,
            @Output(shape = "rows", type = "lossType", optional = true) MemorySegment losses,
            @Output(shape = "rows", type = "lossType", optional = true) MemorySegment marginShiftNorms,
            @StorageTypes({F32, BF16}) int gradType,
            @Output(shape = {"rows", "classes"}, type = "gradType", stride = "gradStride", optional = true,
                            inPlaceOf = "logits")
                    MemorySegment gradLogits,
            long gradStride,
            @Output(shape = {"rows", "classes"}, type = "gradType", stride = "gradAdversarialStride", optional = true,
                            inPlaceOf = "adversarialLogits")
                    MemorySegment gradAdversarialLogits,
            long gradAdversarialStride,
            @Input(shape = "1", type = "f32", optional = true) MemorySegment gradFactor,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long classes,
            @Range(min = 0) double tau,
            @Range(min = 0, aboveMin = true) double rho,
            @Range(min = 0) double nu,
            double gradScale,
            int ignoreIndex);
}
