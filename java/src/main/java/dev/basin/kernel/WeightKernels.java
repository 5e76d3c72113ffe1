package dev.basin.kernel;

import static dev.basin.DataType.BF16;
import static dev.basin.DataType.F32;

import java.lang.foreign.MemorySegment;

/** Weights that are functions of what is trained; {@code native/include/basin/weights.h} says what each kernel computes. */
public interface WeightKernels {
    @Operations(perElement = 20, of = "values")
    void weightCompander(
            @StorageTypes({F32, BF16}) int valuesType,
            @Input(shape = {"rows", "columns"}, type = "valuesType") MemorySegment values,
            @StorageTypes({F32, BF16}) int weightsType,
            @Output(shape = {"rows", "columns"}, type = "weightsType") MemorySegment weights,
            @Input(shape = "rows", type = "f64") MemorySegment a,
            @Input(shape = "rows", type = "f64") MemorySegment b,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent long columns,
            @Range(min = 0, max = 2) int curve);

    @Operations(perElement = 30, of = "values")
    void weightCompanderBackward(
            @StorageTypes({F32, BF16}) int valuesType,
            @Input(shape = {"rows", "columns"}, type = "valuesType") MemorySegment values,
            @StorageTypes({F32, BF16}) int gradType,
            @Input(shape = {"rows", "columns"}, type = "gradType") MemorySegment gradWeights,
            @Output(shape = {"rows", "columns"}, type = "gradType", inPlaceOf = "gradWeights") MemorySegment gradValues,
            @Input(shape = "rows", type = "f64") MemorySegment a,
            @Input(shape = "rows", type = "f64") MemorySegment b,
            @Output(shape = "rows", type = "f64") MemorySegment gradA,
            @Output(shape = "rows", type = "f64") MemorySegment gradB,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent long columns,
            @Range(min = 0, max = 2) int curve);

    @Operations(perElement = 30, of = "weights")
    void weightCompanderInverse(
            @StorageTypes({F32, BF16}) int weightsType,
            @Input(shape = {"rows", "columns"}, type = "weightsType") MemorySegment weights,
            @StorageTypes({F32, BF16}) int valuesType,
            @Output(shape = {"rows", "columns"}, type = "valuesType") MemorySegment values,
            @Input(shape = "rows", type = "f64") MemorySegment a,
            @Input(shape = "rows", type = "f64") MemorySegment b,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent long columns,
            @Range(min = 0, max = 2) int curve);
}
