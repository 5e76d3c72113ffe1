#include "kernels.h"
#include "scalars.h"
#include "scalars/selection.h"
#include "typed.h"

namespace basin::inline BASIN_ISA {

void magnitude_counts(
    void* stream, int32_t values_type, const void* values, int32_t* counts,
    int64_t block_begin, int64_t block_end, int64_t elements, int64_t above, int64_t digit_shift) {
    for_scalars(
        stream, block_begin, block_end,
        MagnitudeCounts<TypedValues>{{values_type, values}, counts, elements, above, digit_shift});
}

void keep_largest(
    void* stream, int32_t values_type, const void* values, int32_t results_type, void* results, const int32_t* quotas,
    int64_t block_begin, int64_t block_end, int64_t elements, int64_t bits, int32_t signs) {
    for_scalars(
        stream, block_begin, block_end,
        KeepLargest<TypedValues, TypedResults>{
            {values_type, values}, {results_type, results}, quotas, elements, bits, signs != 0});
}

void list_largest(
    void* stream, int32_t values_type, const void* values, int32_t* indices, int32_t entries_type, void* entries,
    const int32_t* quotas, const int32_t* offsets,
    int64_t block_begin, int64_t block_end, int64_t elements, int64_t count, int64_t bits) {
    for_scalars(
        stream, block_begin, block_end,
        ListLargest<TypedValues, TypedResults>{
            {values_type, values}, indices, {entries_type, entries}, quotas, offsets, elements, count, bits});
}

}
