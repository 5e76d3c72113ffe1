#include "formula/distributed.h"

#include "elementwise.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

void accumulate_difference(
    void* stream, int32_t total_type, void* total, int32_t values_type, const void* values, int32_t base_type, const void* base,
    int64_t begin, int64_t end, double weight) {
    const ReadWrite to{total_type, total};
    const Read from{values_type, values};
    if (base == nullptr) {
        elementwise(stream, begin, end, AccumulateValue{float(weight)}, to, from);
    } else {
        elementwise(stream, begin, end, AccumulateDifference{float(weight)}, to, from, Read{base_type, base});
    }
}

}
