#include "kernels.h"
#include "scalars.h"
#include "scalars/selection.h"
#include "typed.h"

namespace basin::inline BASIN_ISA {

void magnitude_counts(
    int32_t values_type, const void* values, int32_t* counts,
    int64_t block_begin, int64_t block_end, int64_t elements, int64_t above, int64_t digit_shift) {
    with_storage(values_type, [&]<class S>(S) {
        for_scalars(
            block_begin, block_end,
            MagnitudeCounts<WidenedValues<S>>{{static_cast<const S*>(values)}, counts, elements, above, digit_shift});
    });
}

void keep_largest(
    int32_t values_type, const void* values, int32_t results_type, void* results, const int32_t* quotas,
    int64_t block_begin, int64_t block_end, int64_t elements, int64_t bits, int32_t signs) {
    with_storage(values_type, [&]<class S>(S) {
        with_storage(results_type, [&]<class R>(R) {
            for_scalars(
                block_begin, block_end,
                KeepLargest<WidenedValues<S>, RoundedResults<R>>{
                    {static_cast<const S*>(values)}, {static_cast<R*>(results)}, quotas, elements, bits, signs != 0});
        });
    });
}

void list_largest(
    int32_t values_type, const void* values, int32_t* indices, int32_t entries_type, void* entries,
    const int32_t* quotas, const int32_t* offsets,
    int64_t block_begin, int64_t block_end, int64_t elements, int64_t count, int64_t bits) {
    with_storage(values_type, [&]<class S>(S) {
        with_storage(entries_type, [&]<class E>(E) {
            for_scalars(
                block_begin, block_end,
                ListLargest<WidenedValues<S>, RoundedResults<E>>{
                    {static_cast<const S*>(values)}, indices, {static_cast<E*>(entries)}, quotas, offsets, elements, count, bits});
        });
    });
}

}
