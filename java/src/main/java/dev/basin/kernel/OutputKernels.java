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

    @Operations(perElement = 30, of = "z")
    void boxCoxInverse(
            @StorageTypes({F32, F64}) int valueType,
            @Input(shape = "rows", type = "valueType") MemorySegment z,
            @Output(shape = "rows", type = "valueType", inPlaceOf = "z") MemorySegment values,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            double lambda);

    @Operations(perElement = 50, of = "scores")
    void marginLossForwardBackward(
            @StorageTypes({F32, F64}) int valueType,
            @Input(shape = "rows", type = "valueType") MemorySegment scores,
            @Input(shape = "rows", type = "i32") MemorySegment labels,
            @Input(shape = "rows", type = "valueType", optional = true) MemorySegment drawnDerivatives,
            @Output(shape = "rows", type = "valueType", optional = true) MemorySegment losses,
            @Output(shape = "rows", type = "valueType", optional = true) MemorySegment gradScores,
            @Output(shape = "rows", type = "valueType", optional = true) MemorySegment derivatives,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Range(min = 0, max = 4) int kind,
            @Range(min = 0) double shift,
            double gradScale);

    @Operations(perElement = 1, of = "classLogits")
    void verbalizerPool(
            @StorageTypes({F32, BF16}) int logitsType,
            @Input(shape = {"rows", "templates", "vocabulary"}, type = "logitsType", stride = "logitsStride") MemorySegment logits,
            long logitsStride,
            @Input(shape = "words", type = "i32") @Labels(below = "vocabulary") MemorySegment wordIds,
            @Input(shape = "words", type = "i32") @Labels(below = "classes") MemorySegment wordClasses,
            @StorageTypes(F32) int classType,
            @Output(shape = {"rows", "classes"}, type = "classType") MemorySegment classLogits,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long templates,
            @Extent(min = 1) long vocabulary,
            @Extent(min = 1) long words,
            @Extent(min = 1) long classes,
            @Range(min = 0, max = 1) int largestWord,
            @Range(min = 0, max = 1) int largestTemplate);

    @Operations(perElement = 2, of = "gradWords")
    void verbalizerPoolBackward(
            @StorageTypes({F32, BF16}) int logitsType,
            @Input(shape = {"rows", "templates", "vocabulary"}, type = "logitsType", stride = "logitsStride") MemorySegment logits,
            long logitsStride,
            @Input(shape = "words", type = "i32") @Labels(below = "vocabulary") MemorySegment wordIds,
            @Input(shape = "words", type = "i32") @Labels(below = "classes") MemorySegment wordClasses,
            @StorageTypes(F32) int classType,
            @Input(shape = {"rows", "classes"}, type = "classType") MemorySegment gradClassLogits,
            @Output(shape = {"rows", "templates", "words"}, type = "classType") MemorySegment gradWords,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long templates,
            @Extent(min = 1) long vocabulary,
            @Extent(min = 1) long words,
            @Extent(min = 1) long classes,
            @Range(min = 0, max = 1) int largestWord,
            @Range(min = 0, max = 1) int largestTemplate);

    @Operations(perElement = 26, of = "logits")
    void temperatureStatistics(
            @StorageTypes({F32, BF16}) int logitsType,
            @Input(shape = {"rows", "classes"}, type = "logitsType", stride = "logitsStride") MemorySegment logits,
            long logitsStride,
            @Input(shape = "rows", type = "i32") @Labels(below = "classes", ignore = "ignoreIndex") MemorySegment targets,
            @StorageTypes(F32) int temperatureType,
            @Input(shape = "rows", type = "temperatureType") MemorySegment temperatures,
            @StorageTypes(F32) int lossType,
            @Output(shape = "rows", type = "lossType", optional = true) MemorySegment losses,
            @Output(shape = "rows", type = "lossType", optional = true) MemorySegment confidences,
            @Output(shape = "rows", type = "lossType", optional = true) MemorySegment corrects,
            @Output(shape = "rows", type = "lossType", optional = true) MemorySegment confidenceSlopes,
            @Output(shape = "rows", type = "lossType", optional = true) MemorySegment lossSlopes,
            @Output(shape = "rows", type = "lossType", optional = true) MemorySegment variances,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long classes,
            @Range(min = 0, aboveMin = true) double lowest,
            @Range(min = 0, aboveMin = true) double highest,
            int ignoreIndex);

    @Operations(perElement = 50, of = "logits")
    void confidenceBackward(
            @StorageTypes({F32, BF16}) int logitsType,
            @Input(shape = {"rows", "classes"}, type = "logitsType", stride = "logitsStride") MemorySegment logits,
            long logitsStride,
            @Input(shape = "rows", type = "i32") @Labels(below = "classes", ignore = "ignoreIndex") MemorySegment targets,
            @StorageTypes(F32) int temperatureType,
            @Input(shape = "rows", type = "temperatureType") MemorySegment temperatures,
            @Input(shape = "rows", type = "temperatureType") MemorySegment coefficients,
            @StorageTypes({F32, BF16}) int gradType,
            @Output(shape = {"rows", "classes"}, type = "gradType", stride = "gradStride", inPlaceOf = "logits")
                    MemorySegment gradLogits,
            long gradStride,
            @Input(shape = "1", type = "f32", optional = true) MemorySegment gradFactor,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long classes,
            @Range(min = 0, aboveMin = true) double lowest,
            @Range(min = 0, aboveMin = true) double highest,
            double gradScale,
            int ignoreIndex);

    @Operations(perElement = 60, of = "before")
    void gruGates(
            @StorageTypes(F32) int valueType,
            @Input(shape = "size", type = "valueType") MemorySegment xReset,
            @Input(shape = "size", type = "valueType") MemorySegment xUpdate,
            @Input(shape = "size", type = "valueType") MemorySegment hReset,
            @Input(shape = "size", type = "valueType") MemorySegment hUpdate,
            @Input(shape = "size", type = "valueType") MemorySegment before,
            @Output(shape = "size", type = "valueType") MemorySegment reset,
            @Output(shape = "size", type = "valueType") MemorySegment update,
            @Output(shape = "size", type = "valueType") MemorySegment resetBefore,
            @RangeBegin long begin,
            @RangeEnd("size") long end);

    @Operations(perElement = 30, of = "before")
    void gruState(
            @StorageTypes(F32) int valueType,
            @Input(shape = "size", type = "valueType") MemorySegment xCandidate,
            @Input(shape = "size", type = "valueType") MemorySegment recurrent,
            @Input(shape = "size", type = "valueType") MemorySegment reset,
            @Input(shape = "size", type = "valueType") MemorySegment update,
            @Input(shape = "size", type = "valueType") MemorySegment before,
            @Output(shape = "size", type = "valueType") MemorySegment candidate,
            @Output(shape = "size", type = "valueType") MemorySegment after,
            @RangeBegin long begin,
            @RangeEnd("size") long end,
            @Range(min = 0, max = 1) int resetAfter);

    @Operations(perElement = 20, of = "before")
    void gruStateBackward(
            @StorageTypes(F32) int valueType,
            @Input(shape = "size", type = "valueType") MemorySegment gradAfter,
            @Input(shape = "size", type = "valueType") MemorySegment recurrent,
            @Input(shape = "size", type = "valueType") MemorySegment reset,
            @Input(shape = "size", type = "valueType") MemorySegment update,
            @Input(shape = "size", type = "valueType") MemorySegment candidate,
            @Input(shape = "size", type = "valueType") MemorySegment before,
            @Output(shape = "size", type = "valueType") MemorySegment gradCandidate,
            @Output(shape = "size", type = "valueType") MemorySegment gradUpdate,
            @Output(shape = "size", type = "valueType") MemorySegment gradReset,
            @Output(shape = "size", type = "valueType") MemorySegment gradRecurrent,
            @Output(shape = "size", type = "valueType") MemorySegment gradBefore,
            @RangeBegin long begin,
            @RangeEnd("size") long end,
            @Range(min = 0, max = 1) int resetAfter);

    @Operations(perElement = 5, of = "before")
    void gruResetBackward(
            @StorageTypes(F32) int valueType,
            @Input(shape = "size", type = "valueType") MemorySegment gradResetBefore,
            @Input(shape = "size", type = "valueType") MemorySegment reset,
            @Input(shape = "size", type = "valueType") MemorySegment before,
            @Output(shape = "size", type = "valueType") MemorySegment gradReset,
            @Output(shape = "size", type = "valueType") MemorySegment gradBefore,
            @RangeBegin long begin,
            @RangeEnd("size") long end);

    @Operations(perElement = 6, of = "values")
    void classMoments(
            @StorageTypes({F32, BF16}) int valuesType,
            @Input(shape = {"rows", "width"}, type = "valuesType", stride = "valuesStride") MemorySegment values,
            long valuesStride,
            @Input(shape = "rows", type = "i32") @Labels(below = "classes") MemorySegment labels,
            @Input(shape = "rows", type = "f64") MemorySegment ordinals,
            @InOut(shape = {"classes", "width"}, type = "f64", stride = "momentsStride") MemorySegment means,
            @InOut(shape = {"classes", "width"}, type = "f64", stride = "momentsStride") MemorySegment squares,
            long momentsStride,
            @RangeBegin long columnBegin,
            @RangeEnd("width") long columnEnd,
            @Extent long rows,
            @Extent(min = 1) long classes);

    @Operations(perElement = 45, of = "utilities")
    void choiceProbabilities(
            @StorageTypes({F32, F64}) int valueType,
            @Input(shape = {"rows", "options"}, type = "valueType") MemorySegment utilities,
            @Input(shape = {"rows", "options"}, type = "i32", optional = true) MemorySegment mask,
            @Output(shape = {"rows", "options"}, type = "valueType") MemorySegment probabilities,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long options,
            @Range(min = 0) double beta);

    @Operations(perElement = 7, of = "utilities")
    void choiceProbabilitiesBackward(
            @StorageTypes({F32, F64}) int valueType,
            @Input(shape = {"rows", "options"}, type = "valueType") MemorySegment utilities,
            @Input(shape = {"rows", "options"}, type = "valueType") MemorySegment probabilities,
            @Input(shape = {"rows", "options"}, type = "valueType") MemorySegment gradProbabilities,
            @Output(shape = {"rows", "options"}, type = "valueType") MemorySegment gradUtilities,
            @Output(shape = "rows", type = "valueType") MemorySegment gradBetas,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long options,
            @Range(min = 0) double beta);

    @Operations(perElement = 1, of = "tokenLogProbabilities")
    void sequenceUtility(
            @StorageTypes({F32, F64}) int valueType,
            @Input(shape = {"rows", "tokens"}, type = "valueType") MemorySegment tokenLogProbabilities,
            @Input(shape = "rows", type = "i32") MemorySegment lengths,
            @Output(shape = "rows", type = "valueType") MemorySegment utilities,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long tokens,
            double power);

    @Operations(perElement = 1, of = "gradTokenLogProbabilities")
    void sequenceUtilityBackward(
            @StorageTypes({F32, F64}) int valueType,
            @Input(shape = "rows", type = "valueType") MemorySegment gradUtilities,
            @Input(shape = "rows", type = "i32") MemorySegment lengths,
            @Output(shape = {"rows", "tokens"}, type = "valueType") MemorySegment gradTokenLogProbabilities,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long tokens,
            double power);

    @Operations(perElement = 2, of = "gains")
    void expectedGain(
            @StorageTypes({F32, F64}) int valueType,
            @Input(shape = {"rows", "outcomes"}, type = "valueType") MemorySegment probabilities,
            @Input(shape = {"rows", "options", "outcomes"}, type = "valueType") MemorySegment gains,
            @Output(shape = {"rows", "options"}, type = "valueType") MemorySegment values,
            @Output(shape = "rows", type = "i32") MemorySegment choices,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long options,
            @Extent(min = 1) long outcomes);

    @Operations(perElement = 60, of = "logits")
    void overlapWeights(
            @StorageTypes({F32, F64}) int valueType,
            @Input(shape = {"rows", "classes"}, type = "valueType") MemorySegment logits,
            @Input(shape = "rows", type = "valueType", optional = true) MemorySegment targets,
            @Input(shape = "rows", type = "i32", optional = true) @Labels(below = "classes") MemorySegment labels,
            @Input(shape = "rows", type = "i32", optional = true) MemorySegment mask,
            @Output(shape = {"rows", "classes"}, type = "f64") MemorySegment weights,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long classes,
            @Range(min = 0, max = 1) int tversky,
            @Range(min = 0, max = 1) int squared,
            @Range(min = 0) double alpha,
            @Range(min = 0) double gamma,
            @Range(min = 0) double falsePositive,
            @Range(min = 0) double falseNegative);

    @Operations(perElement = 120, of = "logits")
    void overlapLoss(
            @StorageTypes({F32, F64}) int valueType,
            @Input(shape = {"rows", "classes"}, type = "valueType") MemorySegment logits,
            @Input(shape = "rows", type = "valueType", optional = true) MemorySegment targets,
            @Input(shape = "rows", type = "i32", optional = true) @Labels(below = "classes") MemorySegment labels,
            @Input(shape = "rows", type = "i32", optional = true) MemorySegment mask,
            @Input(shape = "classes", type = "f64", optional = true) MemorySegment batchShared,
            @Input(shape = "classes", type = "f64", optional = true) MemorySegment batchSize,
            @Output(shape = "rows", type = "valueType", optional = true) MemorySegment losses,
            @Output(shape = {"rows", "classes"}, type = "valueType") MemorySegment gradLogits,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long classes,
            @Range(min = 0, max = 1) int tversky,
            @Range(min = 0, max = 1) int squared,
            @Range(min = 0) double alpha,
            @Range(min = 0) double gamma,
            @Range(min = 0) double falsePositive,
            @Range(min = 0) double falseNegative,
            double gradScale);
}
