#include "kernels.h"
#include "scalars.h"
#include "typed.h"

namespace basin::inline BASIN_ISA {

// Indices are distinct: an entry a thread.
struct ScatterAdd {
    TypedValues total;
    TypedResults result;
    const int32_t* indices;
    TypedValues entries;
    int64_t begin, end;
    float weight;

    __device__ void operator()(int64_t i) const {
        const int64_t at = indices[i];
        if (at >= begin && at < end) result.set(at, total[at] + weight * entries[i]);
    }
};

void scatter_add(
    void* stream, int32_t total_type, void* total, const int32_t* indices, int32_t entries_type, const void* entries,
    int64_t begin, int64_t end, int64_t count, double weight) {
    for_scalars(
        stream, 0, count,
        ScatterAdd{
            {total_type, total}, {total_type, total}, indices, {entries_type, entries}, begin, end, float(weight)});
}

}
