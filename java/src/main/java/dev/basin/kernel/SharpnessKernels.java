package dev.basin.kernel;

import static dev.basin.DataType.BF16;
import static dev.basin.DataType.F32;

import java.lang.foreign.MemorySegment;

/**
 * Perturbations towards the sharpest direction nearby and the way back, and k-means. {@code native/include/basin/sharpness.h} says what each
 * computes.
 */
public interface SharpnessKernels {
    /** How many elements a partial of {@link #samNorm} covers. */
    long SAM_NORM_BLOCK = 65536;

    @Operations(perElement = 2, of = "weights")
    void samNorm(
            @StorageTypes({F32, BF16}) int weightsType,
            @Input(shape = "elements", type = "weightsType") MemorySegment weights,
            @StorageTypes({F32, BF16}) int gradientsType,
            @Input(shape = "elements", type = "gradientsType") MemorySegment gradients,
            @Output(shape = "blocks", type = "f64") MemorySegment partials,
            @RangeBegin long blockBegin,
            @RangeEnd("blocks") long blockEnd,
            @Extent long elements,
            @Range(min = 0, max = 1) int adaptive,
            @Range(min = 0) double eta);

    @Operations(perElement = 2, of = "weights")
    void samPerturb(
            @StorageTypes({F32, BF16}) int weightsType,
            @InOut(shape = "elements", type = "weightsType") MemorySegment weights,
            @Output(shape = "elements", type = "weightsType", optional = true) MemorySegment savedWeights,
            @StorageTypes({F32, BF16}) int gradientsType,
            @Input(shape = "elements", type = "gradientsType") MemorySegment gradients,
            @Input(shape = "1", type = "f64") MemorySegment norm,
            @Input(shape = "1", type = "f32", optional = true) MemorySegment gradFactor,
            @RangeBegin long begin,
            @RangeEnd("elements") long end,
            @Range(min = 0) double rho,
            @Range(min = 0, max = 1) int adaptive,
            @Range(min = 0) double eta,
            double gradScale);

    @Operations(perElement = 1, of = "weights")
    void samRestore(
            @StorageTypes({F32, BF16}) int weightsType,
            @InOut(shape = "elements", type = "weightsType") MemorySegment weights,
            @Input(shape = "elements", type = "weightsType", optional = true) MemorySegment savedWeights,
            @StorageTypes({F32, BF16}) int ascentGradientsType,
            @Input(shape = "elements", type = "ascentGradientsType", optional = true) MemorySegment ascentGradients,
            @Input(shape = "1", type = "f64") MemorySegment norm,
            @Input(shape = "1", type = "f32", optional = true) MemorySegment ascentFactor,
            @RangeBegin long begin,
            @RangeEnd("elements") long end,
            @Range(min = 0) double rho,
            @Range(min = 0, max = 1) int adaptive,
            @Range(min = 0) double eta,
            double ascentScale);

    @Operations(perElement = 7, of = "weights")
    void samRestoreSgdMomentumStep(
            @StorageTypes(F32) int weightsType,
            @InOut(shape = "elements", type = "weightsType") MemorySegment weights,
            @Input(shape = "elements", type = "weightsType", optional = true) MemorySegment savedWeights,
            @StorageTypes(F32) int ascentGradientsType,
            @Input(shape = "elements", type = "ascentGradientsType", optional = true) MemorySegment ascentGradients,
            @Input(shape = "1", type = "f64") MemorySegment norm,
            @Input(shape = "1", type = "f32", optional = true) MemorySegment ascentFactor,
            @StorageTypes(F32) int gradientsType,
            @Input(shape = "elements", type = "gradientsType") MemorySegment gradients,
            @StorageTypes(F32) int stateType,
            @InOut(shape = "elements", type = "stateType", optional = true) MemorySegment momentumBuffer,
            @Input(shape = "1", type = "f32", optional = true) MemorySegment gradFactor,
            @RangeBegin long begin,
            @RangeEnd("elements") long end,
            @Range(min = 0) double rho,
            @Range(min = 0, max = 1) int adaptive,
            @Range(min = 0) double eta,
            double ascentScale,
            @Range(min = 0) double learningRate,
            @Range(min = 0, max = 1, belowMax = true) double momentum,
            @Range(min = 0, max = 1) double dampening,
            @Range(min = 0, max = 1) int nesterov,
            @Range(min = 0) double weightDecay,
            double gradScale,
            @Range(min = 1) long step);

    @Operations(perElement = 3, of = "products")
    void kmeansAssign(
            @StorageTypes({F32, BF16}) int xType,
            @Input(shape = {"rows", "width"}, type = "xType", stride = "xStride") MemorySegment x,
            long xStride,
            @Input(shape = {"clusters", "width"}, type = "f64") MemorySegment centres,
            @Input(shape = {"rows", "clusters"}, type = "f32", optional = true) MemorySegment products,
            @Input(shape = "clusters", type = "f32", optional = true) MemorySegment squares,
            @Output(shape = "rows", type = "i32") MemorySegment assignments,
            @Output(shape = "rows", type = "f64", optional = true) MemorySegment distances,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent(min = 1) long width,
            @Extent(min = 1) long clusters,
            @Range(min = 0) double slackScale,
            @Range(min = 0) double slack);

    @Operations(perElement = 1, of = "x")
    void kmeansSums(
            @StorageTypes({F32, BF16}) int xType,
            @Input(shape = {"rows", "width"}, type = "xType", stride = "xStride") MemorySegment x,
            long xStride,
            @Input(shape = "rows", type = "i32") @Labels(below = "clusters") MemorySegment assignments,
            @Output(shape = {"blocks", "clusters", "width"}, type = "f64") MemorySegment sums,
            @Output(shape = {"blocks", "clusters"}, type = "f64") MemorySegment counts,
            @RangeBegin long blockBegin,
            @RangeEnd("blocks") long blockEnd,
            @Extent long rows,
            @Extent(min = 1) long width,
            @Extent(min = 1) long clusters,
            @Range(min = 1, max = Integer.MAX_VALUE) long blockRows);
}
