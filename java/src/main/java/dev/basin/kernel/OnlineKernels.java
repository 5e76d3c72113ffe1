package dev.basin.kernel;

import static dev.basin.DataType.F32;
import static dev.basin.DataType.F64;

import java.lang.foreign.MemorySegment;

/** Online learning; {@code native/include/basin/online.h} says what each computes. */
public interface OnlineKernels {
    @Operations(perElement = 30, of = "cumulativeLosses")
    void logBarrierPolicy(
            @StorageTypes(F32) int valueType,
            @Input(shape = {"rows", "actions"}, type = "valueType", stride = "lossesStride") MemorySegment cumulativeLosses,
            long lossesStride,
            @Output(shape = {"rows", "actions"}, type = "valueType", stride = "policyStride") MemorySegment policy,
            long policyStride,
            @Output(shape = "rows", type = "valueType", optional = true) MemorySegment shifts,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long actions,
            @Range(min = 0, aboveMin = true) double eta);

    @Operations(perElement = 24, of = "cumulativeLosses")
    void exponentialWeightsPolicy(
            @StorageTypes(F32) int valueType,
            @Input(shape = {"rows", "actions"}, type = "valueType", stride = "lossesStride") MemorySegment cumulativeLosses,
            long lossesStride,
            @Output(shape = {"rows", "actions"}, type = "valueType", stride = "policyStride") MemorySegment policy,
            long policyStride,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long actions,
            @Range(min = 0, aboveMin = true) double eta);

    @Operations(perElement = 9, of = "policy")
    void policyBackward(
            @StorageTypes(F32) int valueType,
            @Input(shape = {"rows", "actions"}, type = "valueType") MemorySegment policy,
            @Input(shape = {"rows", "actions"}, type = "valueType") MemorySegment gradPolicy,
            @Input(shape = {"rows", "actions"}, type = "valueType") MemorySegment cumulativeLosses,
            @Output(shape = {"rows", "actions"}, type = "valueType") MemorySegment gradLosses,
            @Output(shape = "rows", type = "f64") MemorySegment gradEtas,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long actions,
            @Range(min = 0, aboveMin = true) double eta,
            @Range(min = 1, max = 2) int power);

    @Operations(perElement = 2, of = "values")
    void sumNegativeParts(
            @StorageTypes(F32) int valueType,
            @Input(shape = {"rows", "width"}, type = "valueType", stride = "valuesStride") MemorySegment values,
            long valuesStride,
            @Output(shape = "rows", type = "f64") MemorySegment sums,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long width);

    @Operations(perElement = 2, of = "matrix")
    void matrixVector(
            @StorageTypes(F32) int valueType,
            @Input(shape = {"rows", "width"}, type = "valueType", stride = "matrixStride") MemorySegment matrix,
            long matrixStride,
            @Input(shape = "width", type = "valueType") MemorySegment vector,
            @Output(shape = "rows", type = "valueType") MemorySegment product,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long width,
            double scale);

    @Operations(perElement = 3, of = "matrix")
    void rankOneUpdate(
            @StorageTypes(F32) int valueType,
            @InOut(shape = {"rows", "width"}, type = "valueType", stride = "matrixStride") MemorySegment matrix,
            long matrixStride,
            @Input(shape = "rows", type = "valueType") MemorySegment left,
            @Input(shape = "width", type = "valueType") MemorySegment right,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long width,
            double scale);

    @Operations(perElement = 2, of = "features")
    void explorationBonus(
            @StorageTypes({F32, F64}) int valueType,
            @Input(shape = {"rows", "actions", "width"}, type = "valueType") MemorySegment features,
            @Input(shape = {"rows", "actions", "width"}, type = "valueType") MemorySegment products,
            @Input(shape = {"rows", "actions"}, type = "valueType") MemorySegment policy,
            @Output(shape = {"rows", "actions"}, type = "valueType") MemorySegment bonus,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long actions,
            @Extent(min = 1) long width,
            @Range(min = 0) double beta);

    @Operations(perElement = 5, of = "points")
    void projectRows(
            @StorageTypes(F32) int valueType,
            @Input(shape = {"rows", "width"}, type = "valueType", stride = "pointsStride") MemorySegment points,
            long pointsStride,
            @Output(shape = {"rows", "width"}, type = "valueType", stride = "projectedStride", inPlaceOf = "points")
                    MemorySegment projected,
            long projectedStride,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long width,
            @Range(min = 0, max = 3) int domain,
            double lowest,
            double highest,
            @Range(min = 0, aboveMin = true) double radius);

    @Operations(perElement = 50, of = "logWeights")
    void optimisticHedgeStep(
            @StorageTypes(F32) int valueType,
            @Input(shape = {"rows", "actions"}, type = "valueType", stride = "weightsStride") MemorySegment logWeights,
            long weightsStride,
            @Input(shape = {"rows", "actions"}, type = "valueType", stride = "gradStride") MemorySegment grad,
            @Input(shape = {"rows", "actions"}, type = "valueType", stride = "gradStride") MemorySegment hint,
            long gradStride,
            @Output(shape = {"rows", "actions"}, type = "valueType", stride = "nextStride", inPlaceOf = "logWeights")
                    MemorySegment logNext,
            long nextStride,
            @Output(shape = {"rows", "actions"}, type = "valueType", stride = "policyStride") MemorySegment policy,
            long policyStride,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long actions,
            @Range(min = 0, aboveMin = true) double eta,
            @Range(min = 0, aboveMin = true) double nextEta);

    /** How many elements a row of the partials of {@link #mirrorDescentSums} covers, and how many sums it has. */
    long MIRROR_DESCENT_BLOCK = 65536;

    long MIRROR_DESCENT_SUMS = 7;

    @Operations(perElement = 3, of = "grad")
    void mirrorDescentSums(
            @StorageTypes(F32) int valueType,
            @Input(shape = "elements", type = "valueType") MemorySegment center,
            @Input(shape = "elements", type = "valueType") MemorySegment grad,
            @Input(shape = "elements", type = "valueType", optional = true) MemorySegment pastHint,
            @Input(shape = "elements", type = "valueType") MemorySegment hint,
            @Output(shape = {"blocks", "7"}, type = "f64") MemorySegment partials,
            @RangeBegin long blockBegin,
            @RangeEnd("blocks") long blockEnd,
            @Extent long elements,
            @Range(min = 0, max = 1) int products);

    /** How many factors {@link #mirrorDescentFactors} writes for each learner. */
    int MIRROR_DESCENT_FACTORS = 5;

    @Operations(perElement = 1, of = "partials")
    void mirrorDescentFactors(
            @Input(shape = {"learners", "blocks", "7"}, type = "f64") MemorySegment partials,
            @Input(shape = "learners", type = "f64") MemorySegment variation,
            @Output(shape = {"learners", "5"}, type = "f64") MemorySegment factors,
            @RangeBegin long learnerBegin,
            @RangeEnd("learners") long learnerEnd,
            @Extent long blocks,
            @Range(min = 0, max = 3) int domain,
            @Range(min = 0, aboveMin = true) double radius,
            @Range(min = 0, max = 1) int adaptive,
            @Range(min = 0, aboveMin = true) double diameter,
            @Range(min = 0) double gradientBound,
            @Range(min = 0) double delta,
            @Range(min = 0) double givenEta,
            @Range(min = 0) double givenNextEta);

    @Operations(perElement = 6, of = "center")
    void mirrorDescentStep(
            @StorageTypes(F32) int valueType,
            @Input(shape = "size", type = "valueType") MemorySegment center,
            @Input(shape = "size", type = "valueType") MemorySegment grad,
            @Output(shape = "size", type = "valueType", inPlaceOf = "center") MemorySegment nextCenter,
            @Input(shape = "size", type = "valueType", optional = true) MemorySegment hint,
            @Output(shape = "size", type = "valueType", optional = true) MemorySegment point,
            @Input(shape = "4", type = "f64") MemorySegment factors,
            @RangeBegin long begin,
            @RangeEnd("size") long end,
            @Range(min = 0, max = 3) int domain,
            double lowest,
            double highest);
}
