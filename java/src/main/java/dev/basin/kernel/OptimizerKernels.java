package dev.basin.kernel;

import static dev.basin.DataType.BF16;
import static dev.basin.DataType.F32;

import java.lang.foreign.MemorySegment;

/** Optimizer steps over one tensor; {@code native/include/basin/optimizer.h} says what each computes. */
public interface OptimizerKernels {
    @Operations(perElement = 15, of = "weights")
    void adamwStep(
            @StorageTypes({F32, BF16}) int weightsType,
            @InOut(shape = "elements", type = "weightsType") MemorySegment weights,
            @InOut(shape = "elements", type = "f32", optional = true) MemorySegment master,
            @StorageTypes({F32, BF16}) int gradientsType,
            @Input(shape = "elements", type = "gradientsType") MemorySegment gradients,
            @StorageTypes({F32, BF16}) int firstMomentType,
            @InOut(shape = "elements", type = "firstMomentType") MemorySegment firstMoment,
            @StorageTypes({F32, BF16}) int secondMomentType,
            @InOut(shape = "elements", type = "secondMomentType") MemorySegment secondMoment,
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

    @Operations(perElement = 9, of = "weights")
    void lionStep(
            @StorageTypes({F32, BF16}) int weightsType,
            @InOut(shape = "elements", type = "weightsType") MemorySegment weights,
            @InOut(shape = "elements", type = "f32", optional = true) MemorySegment master,
            @StorageTypes({F32, BF16}) int gradientsType,
            @Input(shape = "elements", type = "gradientsType") MemorySegment gradients,
            @StorageTypes({F32, BF16}) int stateType,
            @InOut(shape = "elements", type = "stateType") MemorySegment momentum,
            @Input(shape = "1", type = "f32", optional = true) MemorySegment gradFactor,
            @RangeBegin long begin,
            @RangeEnd("elements") long end,
            @Range(min = 0) double learningRate,
            @Range(min = 0, max = 1, belowMax = true) double beta1,
            @Range(min = 0, max = 1, belowMax = true) double beta2,
            @Range(min = 0) double weightDecay,
            double gradScale);

    /** The last kind of {@link #lionKStep}. */
    int LION_K_QUADRATIC = 6;

    /** Kinds of {@link #lionKStatisticalStep}; {@link #lionKGradient} takes those of both steps. */
    int LION_K_SCALED = 7;

    int LION_K_POWER = 8;

    int LION_K_SOFTMAX = 9;

    /** How many elements a result of {@link #lionKStatistics} and {@link #lionKPartials} covers. */
    long LION_K_BLOCK = 65536;

    @Operations(perElement = 12, of = "weights")
    void lionKStep(
            @StorageTypes({F32, BF16}) int weightsType,
            @InOut(shape = "elements", type = "weightsType") MemorySegment weights,
            @InOut(shape = "elements", type = "f32", optional = true) MemorySegment master,
            @StorageTypes({F32, BF16}) int gradientsType,
            @Input(shape = "elements", type = "gradientsType") MemorySegment gradients,
            @StorageTypes({F32, BF16}) int stateType,
            @InOut(shape = "elements", type = "stateType") MemorySegment momentum,
            @Input(shape = "1", type = "f32", optional = true) MemorySegment gradFactor,
            @RangeBegin long begin,
            @RangeEnd("elements") long end,
            @Range(min = 0, max = LION_K_QUADRATIC) int kind,
            @Range(min = 0) double learningRate,
            @Range(min = 0, max = 1, belowMax = true) double beta1,
            @Range(min = 0, max = 1, belowMax = true) double beta2,
            @Range(min = 0) double weightDecay,
            @Range(min = 0, aboveMin = true) double smoothing,
            double gradScale);

    @Operations(perElement = 24, of = "gradients")
    void lionKStatistics(
            @StorageTypes({F32, BF16}) int gradientsType,
            @Input(shape = "elements", type = "gradientsType") MemorySegment gradients,
            @StorageTypes({F32, BF16}) int stateType,
            @Input(shape = "elements", type = "stateType", optional = true) MemorySegment momentum,
            @Input(shape = "1", type = "f32", optional = true) MemorySegment gradFactor,
            @Output(shape = "blocks", type = "f64") MemorySegment scales,
            @Output(shape = "blocks", type = "f64") MemorySegment sums,
            @RangeBegin long blockBegin,
            @RangeEnd("blocks") long blockEnd,
            @Extent long elements,
            @Range(min = 0, max = 2) int statistic,
            @Range(min = 0, max = 1, belowMax = true) double beta1,
            @Range(min = 0, aboveMin = true) double smoothing,
            @Range(min = 1) double power,
            double gradScale);

    @Operations(perElement = 20, of = "weights")
    void lionKStatisticalStep(
            @StorageTypes({F32, BF16}) int weightsType,
            @InOut(shape = "elements", type = "weightsType") MemorySegment weights,
            @InOut(shape = "elements", type = "f32", optional = true) MemorySegment master,
            @StorageTypes({F32, BF16}) int gradientsType,
            @Input(shape = "elements", type = "gradientsType") MemorySegment gradients,
            @StorageTypes({F32, BF16}) int stateType,
            @InOut(shape = "elements", type = "stateType") MemorySegment momentum,
            @Input(shape = "2", type = "f64") MemorySegment statistics,
            @Input(shape = "1", type = "f32", optional = true) MemorySegment gradFactor,
            @RangeBegin long begin,
            @RangeEnd("elements") long end,
            @Range(min = LION_K_SCALED, max = LION_K_SOFTMAX) int kind,
            @Range(min = 0) double learningRate,
            @Range(min = 0, max = 1, belowMax = true) double beta1,
            @Range(min = 0, max = 1, belowMax = true) double beta2,
            @Range(min = 0) double weightDecay,
            @Range(min = 0, aboveMin = true) double smoothing,
            @Range(min = 0, aboveMin = true) double power,
            double gradScale);

    @Operations(perElement = 14, of = "weights")
    void lionKGroupStep(
            @StorageTypes({F32, BF16}) int weightsType,
            @InOut(shape = "elements", type = "weightsType") MemorySegment weights,
            @InOut(shape = "elements", type = "f32", optional = true) MemorySegment master,
            @StorageTypes({F32, BF16}) int gradientsType,
            @Input(shape = "elements", type = "gradientsType") MemorySegment gradients,
            @StorageTypes({F32, BF16}) int stateType,
            @InOut(shape = "elements", type = "stateType") MemorySegment momentum,
            @Input(shape = "1", type = "f32", optional = true) MemorySegment gradFactor,
            @Output(shape = "groups", type = "f64", optional = true) MemorySegment norms,
            @RangeBegin long groupBegin,
            @RangeEnd("groups") long groupEnd,
            @Extent long elements,
            @Range(min = 1) long groupElements,
            @Range(min = 0) double learningRate,
            @Range(min = 0, max = 1, belowMax = true) double beta1,
            @Range(min = 0, max = 1, belowMax = true) double beta2,
            @Range(min = 0) double weightDecay,
            double gradScale);

    @Operations(perElement = 4, of = "gradients")
    void lionKInterpolate(
            @StorageTypes({F32, BF16}) int gradientsType,
            @Input(shape = "elements", type = "gradientsType") MemorySegment gradients,
            @StorageTypes({F32, BF16}) int stateType,
            @Input(shape = "elements", type = "stateType") MemorySegment momentum,
            @StorageTypes(F32) int directionsType,
            @Output(shape = "elements", type = "directionsType") MemorySegment directions,
            @Input(shape = "1", type = "f32", optional = true) MemorySegment gradFactor,
            @RangeBegin long begin,
            @RangeEnd("elements") long end,
            @Range(min = 0, max = 1, belowMax = true) double beta1,
            double gradScale);

    @Operations(perElement = 6, of = "weights")
    void lionKMove(
            @StorageTypes({F32, BF16}) int weightsType,
            @InOut(shape = "elements", type = "weightsType") MemorySegment weights,
            @InOut(shape = "elements", type = "f32", optional = true) MemorySegment master,
            @StorageTypes({F32, BF16}) int gradientsType,
            @Input(shape = "elements", type = "gradientsType") MemorySegment gradients,
            @StorageTypes({F32, BF16}) int stateType,
            @InOut(shape = "elements", type = "stateType") MemorySegment momentum,
            @StorageTypes(F32) int directionsType,
            @Input(shape = "elements", type = "directionsType") MemorySegment directions,
            @Input(shape = "1", type = "f32", optional = true) MemorySegment gradFactor,
            @RangeBegin long begin,
            @RangeEnd("elements") long end,
            @Range(min = 0) double learningRate,
            @Range(min = 0, max = 1, belowMax = true) double beta2,
            @Range(min = 0) double weightDecay,
            double gradScale);

    @Operations(perElement = 8, of = "values")
    void lionKGradient(
            @StorageTypes({F32, BF16}) int valuesType,
            @Input(shape = "elements", type = "valuesType") MemorySegment values,
            @StorageTypes({F32, BF16}) int directionsType,
            @Output(shape = "elements", type = "directionsType", inPlaceOf = "values") MemorySegment directions,
            @Input(shape = "2", type = "f64") MemorySegment statistics,
            @RangeBegin long begin,
            @RangeEnd("elements") long end,
            @Range(min = 0, max = LION_K_SOFTMAX) int kind,
            @Range(min = 0, aboveMin = true) double smoothing,
            @Range(min = 0, aboveMin = true) double power);

    @Operations(perElement = 4, of = "values")
    void lionKGroups(
            @StorageTypes({F32, BF16}) int valuesType,
            @Input(shape = "elements", type = "valuesType") MemorySegment values,
            @StorageTypes({F32, BF16}) int directionsType,
            @Output(shape = "elements", type = "directionsType", inPlaceOf = "values") MemorySegment directions,
            @Output(shape = "groups", type = "f64", optional = true) MemorySegment norms,
            @RangeBegin long groupBegin,
            @RangeEnd("groups") long groupEnd,
            @Extent long elements,
            @Range(min = 1) long groupElements);

    @Operations(perElement = 20, of = "values")
    void lionKPartials(
            @StorageTypes({F32, BF16}) int valuesType,
            @Input(shape = "elements", type = "valuesType") MemorySegment values,
            @Input(shape = "1", type = "f64", optional = true) MemorySegment scale,
            @Output(shape = "blocks", type = "f64") MemorySegment partials,
            @RangeBegin long blockBegin,
            @RangeEnd("blocks") long blockEnd,
            @Extent long elements,
            @Range(min = 0, max = 5) int measure,
            @Range(min = 0, max = LION_K_QUADRATIC) int kind,
            @Range(min = 0, aboveMin = true) double smoothing);

    @Operations(perElement = 6, of = "weights")
    void sgdMomentumStep(
            @StorageTypes({F32, BF16}) int weightsType,
            @InOut(shape = "elements", type = "weightsType") MemorySegment weights,
            @InOut(shape = "elements", type = "f32", optional = true) MemorySegment master,
            @StorageTypes({F32, BF16}) int gradientsType,
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

    @Operations(perElement = 2, of = "values")
    void squaredNorm(
            @StorageTypes({F32, BF16}) int valuesType,
            @Input(shape = "elements", type = "valuesType") MemorySegment values,
            @Output(shape = "blocks", type = "f64") MemorySegment partials,
            @RangeBegin long blockBegin,
            @RangeEnd("blocks") long blockEnd,
            @Extent long elements);

    /** How many elements a block of {@link #magnitudeCounts} and {@link #keepLargest} covers. */
    long SELECTION_BLOCK = 8192;

    /** How many values a digit of magnitude bits has. */
    int SELECTION_DIGITS = 256;

    @Operations(perElement = 4, of = "values")
    void magnitudeCounts(
            @StorageTypes({F32, BF16}) int valuesType,
            @Input(shape = "elements", type = "valuesType") MemorySegment values,
            @Output(shape = {"blocks", "256"}, type = "i32") MemorySegment counts,
            @RangeBegin long blockBegin,
            @RangeEnd("blocks") long blockEnd,
            @Extent long elements,
            @Range(min = 0) long above,
            @Range(min = 0, max = 56) long digitShift);

    @Operations(perElement = 4, of = "values")
    void keepLargest(
            @StorageTypes({F32, BF16}) int valuesType,
            @Input(shape = "elements", type = "valuesType") MemorySegment values,
            @StorageTypes({F32, BF16}) int resultsType,
            @Output(shape = "elements", type = "resultsType", inPlaceOf = "values") MemorySegment results,
            @Input(shape = "blocks", type = "i32") MemorySegment quotas,
            @RangeBegin long blockBegin,
            @RangeEnd("blocks") long blockEnd,
            @Extent long elements,
            @Range(min = 0) long bits,
            @Range(min = 0, max = 1) int signs);

    @Operations(perElement = 4, of = "values")
    void listLargest(
            @StorageTypes({F32, BF16}) int valuesType,
            @Input(shape = "elements", type = "valuesType") MemorySegment values,
            @Output(shape = "count", type = "i32") MemorySegment indices,
            @StorageTypes({F32, BF16}) int entriesType,
            @Output(shape = "count", type = "entriesType") MemorySegment entries,
            @Input(shape = "blocks", type = "i32") MemorySegment quotas,
            @Input(shape = "blocks", type = "i32") MemorySegment offsets,
            @RangeBegin long blockBegin,
            @RangeEnd("blocks") long blockEnd,
            @Extent long elements,
            @Extent long count,
            @Range(min = 0) long bits);

    /** How many columns a block of {@link #adafactorSquares} is best given at most. */
    long ADAFACTOR_TILE_COLUMNS = 1024;

    /** How many elements a block of {@link #adafactorSquares} or of {@link #adafactorVectorMoments} has. */
    long ADAFACTOR_BLOCK = 65536;

    @Operations(perElement = 3, of = "gradients")
    void adafactorSquares(
            @StorageTypes({F32, BF16}) int gradientsType,
            @Input(shape = {"matrices", "rows", "columns"}, type = "gradientsType") MemorySegment gradients,
            @Output(shape = {"matrices", "rows", "tiles"}, type = "f64") MemorySegment rowPartials,
            @Output(shape = {"blocks", "tileColumns"}, type = "f64") MemorySegment columnPartials,
            @RangeBegin long blockBegin,
            @RangeEnd("blocks") long blockEnd,
            @Extent long matrices,
            @Extent long rows,
            @Extent long columns,
            @Extent(min = 1) long tiles,
            @Extent(min = 1) long tileColumns,
            @Range(min = 1) long rowBlocks);

    @Operations(perElement = 4, of = "rowMoments")
    void adafactorFactors(
            @StorageTypes(F32) int stateType,
            @InOut(shape = {"matrices", "rows"}, type = "stateType") MemorySegment rowMoments,
            @InOut(shape = {"matrices", "columns"}, type = "stateType") MemorySegment columnMoments,
            @Input(shape = {"matrices", "rows", "tiles"}, type = "f64") MemorySegment rowPartials,
            @Input(shape = {"matrices", "rowBlocks", "tiles", "tileColumns"}, type = "f64") MemorySegment columnPartials,
            @Output(shape = {"matrices", "rows"}, type = "stateType") MemorySegment rowFactors,
            @Output(shape = {"matrices", "columns"}, type = "stateType") MemorySegment columnFactors,
            @Input(shape = "1", type = "f32", optional = true) MemorySegment gradFactor,
            @RangeBegin long matrixBegin,
            @RangeEnd("matrices") long matrixEnd,
            @Extent long rows,
            @Extent long columns,
            @Extent(min = 1) long tiles,
            @Extent(min = 1) long tileColumns,
            @Extent(min = 1) long rowBlocks,
            @Range(min = 0, max = 1, belowMax = true) double decay,
            @Range(min = Float.MIN_NORMAL) double epsilon1,
            double gradScale);

    @Operations(perElement = 5, of = "gradients")
    void adafactorMatrixNorm(
            @StorageTypes({F32, BF16}) int gradientsType,
            @Input(shape = {"rows", "columns"}, type = "gradientsType") MemorySegment gradients,
            @StorageTypes(F32) int stateType,
            @Input(shape = "rows", type = "stateType") MemorySegment rowFactors,
            @Input(shape = {"matrices", "columns"}, type = "stateType") MemorySegment columnFactors,
            @Output(shape = "rows", type = "f64") MemorySegment partials,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent long columns,
            @Extent long matrices,
            @Range(min = 1) long matrixRows);

    @Operations(perElement = 7, of = "weights")
    void adafactorMatrixStep(
            @StorageTypes({F32, BF16}) int weightsType,
            @InOut(shape = {"rows", "columns"}, type = "weightsType") MemorySegment weights,
            @InOut(shape = {"rows", "columns"}, type = "f32", optional = true) MemorySegment master,
            @StorageTypes({F32, BF16}) int gradientsType,
            @Input(shape = {"rows", "columns"}, type = "gradientsType") MemorySegment gradients,
            @StorageTypes(F32) int stateType,
            @Input(shape = "rows", type = "stateType") MemorySegment rowFactors,
            @Input(shape = {"matrices", "columns"}, type = "stateType") MemorySegment columnFactors,
            @InOut(shape = {"rows", "columns"}, type = "stateType", optional = true) MemorySegment momentum,
            @Input(shape = "2", type = "f64") MemorySegment rates,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent long columns,
            @Extent long matrices,
            @Range(min = 1) long matrixRows,
            @Range(min = 0) double learningRate,
            @Range(min = 0, max = 1, belowMax = true) double beta1,
            @Range(min = 0) double weightDecay);

    @Operations(perElement = 6, of = "gradients")
    void adafactorVectorMoments(
            @StorageTypes({F32, BF16}) int gradientsType,
            @Input(shape = "elements", type = "gradientsType") MemorySegment gradients,
            @StorageTypes(F32) int stateType,
            @InOut(shape = "elements", type = "stateType") MemorySegment moments,
            @Output(shape = "blocks", type = "f64") MemorySegment partials,
            @Input(shape = "1", type = "f32", optional = true) MemorySegment gradFactor,
            @RangeBegin long blockBegin,
            @RangeEnd("blocks") long blockEnd,
            @Extent long elements,
            @Range(min = 0, max = 1, belowMax = true) double decay,
            @Range(min = Float.MIN_NORMAL) double epsilon1,
            double gradScale);

    @Operations(perElement = 6, of = "weights")
    void adafactorVectorStep(
            @StorageTypes({F32, BF16}) int weightsType,
            @InOut(shape = "elements", type = "weightsType") MemorySegment weights,
            @InOut(shape = "elements", type = "f32", optional = true) MemorySegment master,
            @StorageTypes({F32, BF16}) int gradientsType,
            @Input(shape = "elements", type = "gradientsType") MemorySegment gradients,
            @StorageTypes(F32) int stateType,
            @Input(shape = "elements", type = "stateType") MemorySegment moments,
            @InOut(shape = "elements", type = "stateType", optional = true) MemorySegment momentum,
            @Input(shape = "2", type = "f64") MemorySegment rates,
            @Input(shape = "1", type = "f32", optional = true) MemorySegment gradFactor,
            @RangeBegin long begin,
            @RangeEnd("elements") long end,
            @Range(min = 0) double learningRate,
            @Range(min = 0, max = 1, belowMax = true) double beta1,
            @Range(min = 0) double weightDecay,
            double gradScale);

    @Operations(perElement = 15, of = "weights")
    void frugalStep(
            @StorageTypes({F32, BF16}) int weightsType,
            @InOut(shape = "elements", type = "weightsType") MemorySegment weights,
            @InOut(shape = "elements", type = "f32", optional = true) MemorySegment master,
            @StorageTypes({F32, BF16}) int gradientsType,
            @Input(shape = "elements", type = "gradientsType") MemorySegment gradients,
            @Input(shape = "selected", type = "i32") MemorySegment selectedIndices,
            @StorageTypes(F32) int stateType,
            @InOut(shape = {"periods", "selected", "width"}, type = "stateType") MemorySegment firstMoment,
            @InOut(shape = {"periods", "selected", "width"}, type = "stateType") MemorySegment secondMoment,
            @Input(shape = "1", type = "f32", optional = true) MemorySegment gradFactor,
            @RangeBegin long begin,
            @RangeEnd("elements") long end,
            @Extent long periods,
            @Extent long selected,
            @Extent(min = 1) long width,
            @Range(min = 1) long units,
            @Range(min = 0) double learningRate,
            @Range(min = 0, max = 1, belowMax = true) double beta1,
            @Range(min = 0, max = 1, belowMax = true) double beta2,
            @Range(min = 0) double epsilon,
            @Range(min = 0) double weightDecay,
            @Range(min = 0) double rateScale,
            @Range(min = 0) double freeScale,
            @Range(min = 0, max = 2) int rule,
            double gradScale,
            @Range(min = 1) long step);

    @Operations(perElement = 6, of = "weights")
    void frugalSubspaceStep(
            @StorageTypes({F32, BF16}) int weightsType,
            @InOut(shape = "elements", type = "weightsType") MemorySegment weights,
            @InOut(shape = "elements", type = "f32", optional = true) MemorySegment master,
            @StorageTypes({F32, BF16}) int gradientsType,
            @Input(shape = "elements", type = "gradientsType") MemorySegment gradients,
            @StorageTypes(F32) int stateType,
            @Input(shape = "elements", type = "stateType") MemorySegment update,
            @Input(shape = "elements", type = "stateType", optional = true) MemorySegment projected,
            @Input(shape = "1", type = "f32", optional = true) MemorySegment gradFactor,
            @RangeBegin long begin,
            @RangeEnd("elements") long end,
            @Range(min = 0) double learningRate,
            @Range(min = 0) double weightDecay,
            @Range(min = 0) double rateScale,
            @Range(min = 0) double freeScale,
            @Range(min = 0, max = 2) int rule,
            double gradScale);

    @Operations(perElement = 1, of = "source")
    void convert(
            @StorageTypes({F32, BF16}) int sourceType,
            @Input(shape = "elements", type = "sourceType") MemorySegment source,
            @StorageTypes({F32, BF16}) int targetType,
            @Output(shape = "elements", type = "targetType") MemorySegment target,
            @RangeBegin long begin,
            @RangeEnd("elements") long end);
}
