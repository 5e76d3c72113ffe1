package dev.basin.fallback;

import dev.basin.DataType;
import dev.basin.kernel.OptimizerKernels;
import java.lang.foreign.MemorySegment;

/** Selection by the bits of magnitudes, in the type that values are stored as. */
abstract class ReferenceSelectionKernels implements OptimizerKernels {
    private static final int F64 = DataType.F64.code();

    @Override
    public void magnitudeCounts(
            int valuesType, MemorySegment values, MemorySegment counts, long blockBegin, long blockEnd, long elements, long above,
            long digitShift) {
        int[] own = new int[SELECTION_DIGITS];
        for (long block = blockBegin; block < blockEnd; block++) {
            java.util.Arrays.fill(own, 0);
            long end = Math.min(elements, (block + 1) * SELECTION_BLOCK);
            for (long i = block * SELECTION_BLOCK; i < end; i++) {
                long bits = magnitudeBits(valuesType, Storage.load(valuesType, values, i)) >> digitShift;
                own[(int) bits & SELECTION_DIGITS - 1] += bits >> 8 == above ? 1 : 0;
            }
            for (int digit = 0; digit < SELECTION_DIGITS; digit++) {
                Storage.storeIntIfPresent(counts, block * SELECTION_DIGITS + digit, own[digit]);
            }
        }
    }

    @Override
    public void keepLargest(
            int valuesType, MemorySegment values, int resultsType, MemorySegment results, MemorySegment quotas,
            long blockBegin, long blockEnd, long elements, long bits, int signs) {
        for (long block = blockBegin; block < blockEnd; block++) {
            int left = Storage.loadInt(quotas, block);
            long end = Math.min(elements, (block + 1) * SELECTION_BLOCK);
            for (long i = block * SELECTION_BLOCK; i < end; i++) {
                double x = Storage.load(valuesType, values, i);
                long own = magnitudeBits(valuesType, x);
                boolean isKept = own > bits || own == bits && left > 0;
                left -= own == bits && isKept ? 1 : 0;
                Storage.store(resultsType, results, i, isKept ? signs == 1 ? Math.signum(x) : x : 0);
            }
        }
    }

    @Override
    public void listLargest(
            int valuesType, MemorySegment values, MemorySegment indices, int entriesType, MemorySegment entries,
            MemorySegment quotas, MemorySegment offsets, long blockBegin, long blockEnd, long elements, long count, long bits) {
        for (long block = blockBegin; block < blockEnd; block++) {
            int left = Storage.loadInt(quotas, block);
            long to = Storage.loadInt(offsets, block);
            long end = Math.min(elements, (block + 1) * SELECTION_BLOCK);
            for (long i = block * SELECTION_BLOCK; i < end && to >= 0 && to < count; i++) {
                double x = Storage.load(valuesType, values, i);
                long own = magnitudeBits(valuesType, x);
                boolean isTied = own == bits && left > 0;
                left -= isTied ? 1 : 0;
                if (own > bits || isTied) {
                    Storage.storeIntIfPresent(indices, to, (int) i);
                    Storage.store(entriesType, entries, to++, x);
                }
            }
        }
    }

    private static long magnitudeBits(int type, double x) {
        return type == F64 ? Double.doubleToRawLongBits(x) & Long.MAX_VALUE : Float.floatToRawIntBits((float) x) & Integer.MAX_VALUE;
    }
}
