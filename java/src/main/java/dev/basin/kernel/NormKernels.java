package dev.basin.kernel;

import static dev.basin.DataType.BF16;
import static dev.basin.DataType.F32;

import java.lang.foreign.MemorySegment;

/**
 * Normalisation over rows of activations, forward and backward, alone and fused with the residual add;
 * {@code native/include/basin/norm.h} says what each computes.
 */
public interface NormKernels {
    /** How many rows a partial sum of a parameter's gradient covers. */
    long ROW_BLOCK = 32;

    @Operations(perElement = 8, of = "x")
    void layerNormForward(
            @StorageTypes({F32, BF16}) int xType,
            @Input(shape = {"rows", "width"}, type = "xType", stride = "xStride") MemorySegment x,
            long xStride,
            @StorageTypes({F32, BF16}) int yType,
            @Input(shape = {"rows", "width"}, type = "yType", stride = "branchStride", optional = true) MemorySegment branch,
            long branchStride,
            @Output(shape = {"rows", "width"}, type = "xType", stride = "residualOutStride", optional = true,
                            inPlaceOf = {"x", "branch"})
                    MemorySegment residualOut,
            long residualOutStride,
            @StorageTypes({F32, BF16}) int parametersType,
            @Input(shape = "width", type = "parametersType", optional = true) MemorySegment gamma,
            @Input(shape = "width", type = "parametersType", optional = true) MemorySegment beta,
            @Output(shape = {"rows", "width"}, type = "yType", stride = "yStride", inPlaceOf = {"x", "branch"})
                    MemorySegment y,
            long yStride,
            @StorageTypes(F32) int statisticsType,
            @Output(shape = "rows", type = "statisticsType", optional = true) MemorySegment mean,
            @Output(shape = "rows", type = "statisticsType", optional = true) MemorySegment rstd,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long width,
            @Range(min = 0, aboveMin = true) double epsilon);

    @Operations(perElement = 14, of = "gradY")
    void layerNormBackward(
            @StorageTypes({F32, BF16}) int yType,
            @Input(shape = {"rows", "width"}, type = "yType", stride = "gradYStride") MemorySegment gradY,
            long gradYStride,
            @StorageTypes({F32, BF16}) int xType,
            @Input(shape = {"rows", "width"}, type = "xType", stride = "gradResidualOutStride", optional = true)
                    MemorySegment gradResidualOut,
            long gradResidualOutStride,
            @Input(shape = {"rows", "width"}, type = "xType", stride = "xStride") MemorySegment x,
            long xStride,
            @StorageTypes(F32) int statisticsType,
            @Input(shape = "rows", type = "statisticsType") MemorySegment mean,
            @Input(shape = "rows", type = "statisticsType") MemorySegment rstd,
            @StorageTypes({F32, BF16}) int parametersType,
            @Input(shape = "width", type = "parametersType", optional = true) MemorySegment gamma,
            @Output(shape = {"rows", "width"}, type = "xType", stride = "gradXStride",
                            inPlaceOf = {"gradY", "gradResidualOut", "x"})
                    MemorySegment gradX,
            long gradXStride,
            @StorageTypes(F32) int partialsType,
            @Output(shape = {"blocks", "width"}, type = "partialsType", optional = true) MemorySegment gammaPartials,
            @Output(shape = {"blocks", "width"}, type = "partialsType", optional = true) MemorySegment betaPartials,
            @RangeBegin long blockBegin,
            @RangeEnd("blocks") long blockEnd,
            @Extent long rows,
            @Extent(min = 1) long width);

    @Operations(perElement = 4, of = "x")
    void rmsNormForward(
            @StorageTypes({F32, BF16}) int xType,
            @Input(shape = {"rows", "width"}, type = "xType", stride = "xStride") MemorySegment x,
            long xStride,
            @StorageTypes({F32, BF16}) int yType,
            @Input(shape = {"rows", "width"}, type = "yType", stride = "branchStride", optional = true) MemorySegment branch,
            long branchStride,
            @Output(shape = {"rows", "width"}, type = "xType", stride = "residualOutStride", optional = true,
                            inPlaceOf = {"x", "branch"})
                    MemorySegment residualOut,
            long residualOutStride,
            @StorageTypes({F32, BF16}) int parametersType,
            @Input(shape = "width", type = "parametersType", optional = true) MemorySegment gamma,
            @Output(shape = {"rows", "width"}, type = "yType", stride = "yStride", inPlaceOf = {"x", "branch"})
                    MemorySegment y,
            long yStride,
            @StorageTypes(F32) int statisticsType,
            @Output(shape = "rows", type = "statisticsType", optional = true) MemorySegment rstd,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long width,
            @Range(min = 0, aboveMin = true) double epsilon);

    @Operations(perElement = 10, of = "gradY")
    void rmsNormBackward(
            @StorageTypes({F32, BF16}) int yType,
            @Input(shape = {"rows", "width"}, type = "yType", stride = "gradYStride") MemorySegment gradY,
            long gradYStride,
            @StorageTypes({F32, BF16}) int xType,
            @Input(shape = {"rows", "width"}, type = "xType", stride = "gradResidualOutStride", optional = true)
                    MemorySegment gradResidualOut,
            long gradResidualOutStride,
            @Input(shape = {"rows", "width"}, type = "xType", stride = "xStride") MemorySegment x,
            long xStride,
            @StorageTypes(F32) int statisticsType,
            @Input(shape = "rows", type = "statisticsType") MemorySegment rstd,
            @StorageTypes({F32, BF16}) int parametersType,
            @Input(shape = "width", type = "parametersType", optional = true) MemorySegment gamma,
            @Output(shape = {"rows", "width"}, type = "xType", stride = "gradXStride",
                            inPlaceOf = {"gradY", "gradResidualOut", "x"})
                    MemorySegment gradX,
            long gradXStride,
            @StorageTypes(F32) int partialsType,
            @Output(shape = {"blocks", "width"}, type = "partialsType", optional = true) MemorySegment gammaPartials,
            @RangeBegin long blockBegin,
            @RangeEnd("blocks") long blockEnd,
            @Extent long rows,
            @Extent(min = 1) long width);

    @Operations(perElement = 5, of = "x")
    void crmsNormForward(
            @StorageTypes({F32, BF16}) int xType,
            @Input(shape = {"rows", "width"}, type = "xType", stride = "xStride") MemorySegment x,
            long xStride,
            @StorageTypes({F32, BF16}) int yType,
            @Input(shape = {"rows", "width"}, type = "yType", stride = "branchStride", optional = true) MemorySegment branch,
            long branchStride,
            @Output(shape = {"rows", "width"}, type = "xType", stride = "residualOutStride", optional = true,
                            inPlaceOf = {"x", "branch"})
                    MemorySegment residualOut,
            long residualOutStride,
            @StorageTypes({F32, BF16}) int parametersType,
            @Input(shape = "width", type = "parametersType", optional = true) MemorySegment gamma,
            @Output(shape = {"rows", "width"}, type = "yType", stride = "yStride", inPlaceOf = {"x", "branch"})
                    MemorySegment y,
            long yStride,
            @StorageTypes(F32) int statisticsType,
            @Output(shape = "rows", type = "statisticsType", optional = true) MemorySegment sum,
            @Output(shape = "rows", type = "statisticsType", optional = true) MemorySegment rstd,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long width,
            @Range(min = 0, aboveMin = true) double epsilon);

    @Operations(perElement = 12, of = "gradY")
    void crmsNormBackward(
            @StorageTypes({F32, BF16}) int yType,
            @Input(shape = {"rows", "width"}, type = "yType", stride = "gradYStride") MemorySegment gradY,
            long gradYStride,
            @StorageTypes({F32, BF16}) int xType,
            @Input(shape = {"rows", "width"}, type = "xType", stride = "gradResidualOutStride", optional = true)
                    MemorySegment gradResidualOut,
            long gradResidualOutStride,
            @Input(shape = {"rows", "width"}, type = "xType", stride = "xStride") MemorySegment x,
            long xStride,
            @StorageTypes(F32) int statisticsType,
            @Input(shape = "rows", type = "statisticsType") MemorySegment sum,
            @Input(shape = "rows", type = "statisticsType") MemorySegment rstd,
            @StorageTypes({F32, BF16}) int parametersType,
            @Input(shape = "width", type = "parametersType", optional = true) MemorySegment gamma,
            @Output(shape = {"rows", "width"}, type = "xType", stride = "gradXStride",
                            inPlaceOf = {"gradY", "gradResidualOut", "x"})
                    MemorySegment gradX,
            long gradXStride,
            @StorageTypes(F32) int partialsType,
            @Output(shape = {"blocks", "width"}, type = "partialsType", optional = true) MemorySegment gammaPartials,
            @RangeBegin long blockBegin,
            @RangeEnd("blocks") long blockEnd,
            @Extent long rows,
            @Extent(min = 1) long width);

    @Operations(perElement = 1, of = "partials")
    void sumRowBlocks(
            @StorageTypes(F32) int partialsType,
            @Input(shape = {"blocks", "columns"}, type = "partialsType", stride = "partialsStride") MemorySegment partials,
            long partialsStride,
            @StorageTypes({F32, BF16}) int gradientType,
            @InOut(shape = "columns", type = "gradientType") MemorySegment gradient,
            @RangeBegin long columnBegin,
            @RangeEnd("columns") long columnEnd,
            @Extent long blocks,
            @Range(min = 0, max = 1) int accumulate);

    @Operations(perElement = 3, of = "x")
    void recenterRows(
            @StorageTypes({F32, BF16}) int type,
            @Input(shape = {"rows", "width"}, type = "type", stride = "xStride") MemorySegment x,
            long xStride,
            @Output(shape = {"rows", "width"}, type = "type", stride = "yStride", inPlaceOf = "x") MemorySegment y,
            long yStride,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long width);

    @Operations(perElement = 1, of = "z")
    void expandZeroMean(
            @StorageTypes({F32, BF16}) int type,
            @Input(shape = {"rows", "width"}, type = "type", stride = "zStride") MemorySegment z,
            long zStride,
            @Output(shape = {"rows", "width+1"}, type = "type", stride = "xStride") MemorySegment x,
            long xStride,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long width);

    @Operations(perElement = 2, of = "gradX")
    void expandZeroMeanBackward(
            @StorageTypes({F32, BF16}) int type,
            @Input(shape = {"rows", "width+1"}, type = "type", stride = "gradXStride") MemorySegment gradX,
            long gradXStride,
            @Output(shape = {"rows", "width"}, type = "type", stride = "gradZStride") MemorySegment gradZ,
            long gradZStride,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long width);

    @Operations(perElement = 1, of = "x")
    void compressZeroMean(
            @StorageTypes({F32, BF16}) int type,
            @Input(shape = {"rows", "width+1"}, type = "type", stride = "xStride") MemorySegment x,
            long xStride,
            @Output(shape = {"rows", "width"}, type = "type", stride = "zStride") MemorySegment z,
            long zStride,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long width);

    @Operations(perElement = 1, of = "gradZ")
    void compressZeroMeanBackward(
            @StorageTypes({F32, BF16}) int type,
            @Input(shape = {"rows", "width"}, type = "type", stride = "gradZStride") MemorySegment gradZ,
            long gradZStride,
            @Output(shape = {"rows", "width+1"}, type = "type", stride = "gradXStride") MemorySegment gradX,
            long gradXStride,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long width);
}
