#include "kernels.h"
#include "typed.h"

namespace basin::inline BASIN_ISA {

void scatter_add(
    int32_t total_type, void* total, const int32_t* indices, int32_t entries_type, const void* entries,
    int64_t begin, int64_t end, int64_t count, double weight) {
    with_storage(total_type, [&]<class S>(S) {
        with_storage(entries_type, [&]<class E>(E) {
            S* const to = static_cast<S*>(total);
            const E* const from = static_cast<const E*>(entries);
            for (int64_t i = 0; i < count; ++i) {
                const int64_t at = indices[i];
                if (at >= begin && at < end) store_one(to + at, widen(to[at]) + float(weight) * widen(from[i]));
            }
        });
    });
}

}
