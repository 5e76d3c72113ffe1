package dev.basin.kernel;

import static dev.basin.DataType.BF16;
import static dev.basin.DataType.F32;

import java.lang.foreign.MemorySegment;

/** What workers and a server do; {@code native/include/basin/distributed.h} says what each kernel computes. */
public interface DistributedKernels {
    @Operations(perElement = 2, of = "values")
    void scaledDifference(
            @StorageTypes({F32, BF16}) int valuesType,
            @Input(shape = "elements", type = "valuesType") MemorySegment values,
            @StorageTypes({F32, BF16}) int baseType,
            @Input(shape = "elements", type = "baseType") MemorySegment base,
            @StorageTypes(F32) int differencesType,
            @Output(shape = "elements", type = "differencesType") MemorySegment differences,
            @RangeBegin long begin,
            @RangeEnd("elements") long end,
            double scale);

    @Operations(perElement = 3, of = "total")
    void accumulateDifference(
            @StorageTypes({F32, BF16}) int totalType,
            @InOut(shape = "elements", type = "totalType") MemorySegment total,
            @StorageTypes({F32, BF16}) int valuesType,
            @Input(shape = "elements", type = "valuesType") MemorySegment values,
            @StorageTypes({F32, BF16}) int baseType,
            @Input(shape = "elements", type = "baseType", optional = true) MemorySegment base,
            @RangeBegin long begin,
            @RangeEnd("elements") long end,
            double weight);

    @Operations(perElement = 2, of = "values")
    void scaledSign(
            @StorageTypes({F32, BF16}) int valuesType,
            @Input(shape = "elements", type = "valuesType") MemorySegment values,
            @StorageTypes({F32, BF16}) int resultsType,
            @Output(shape = "elements", type = "resultsType", inPlaceOf = "values") MemorySegment results,
            @Input(shape = "1", type = "f64") MemorySegment scale,
            @RangeBegin long begin,
            @RangeEnd("elements") long end);

    @Operations(perElement = 2, of = "entries")
    void scatterAdd(
            @StorageTypes({F32, BF16}) int totalType,
            @InOut(shape = "elements", type = "totalType") MemorySegment total,
            @Input(shape = "count", type = "i32") MemorySegment indices,
            @StorageTypes({F32, BF16}) int entriesType,
            @Input(shape = "count", type = "entriesType") MemorySegment entries,
            @RangeBegin long begin,
            @RangeEnd("elements") long end,
            @Extent long count,
            double weight);

    @Operations(perElement = 8, of = "values")
    void projectedAscent(
            @StorageTypes({F32, BF16}) int valuesType,
            @InOut(shape = {"rows", "columns"}, type = "valuesType") MemorySegment values,
            @Input(shape = {"rows", "columns"}, type = "valuesType") MemorySegment gradients,
            @Input(shape = {"rows", "columns"}, type = "valuesType") MemorySegment origins,
            @RangeBegin long rowBegin,
            @RangeEnd("rows") long rowEnd,
            @Extent long columns,
            @Range(min = 0, max = 1) int norm,
            @Range(min = 0) double step,
            @Range(min = 0) double rho,
            double low,
            double high);
}
