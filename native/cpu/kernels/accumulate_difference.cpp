#include "formula/distributed.h"

#include "elementwise.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

void accumulate_difference(
    int32_t total_type, void* total, int32_t values_type, const void* values, int32_t base_type, const void* base,
    int64_t begin, int64_t end, double weight) {
    with_storage(total_type, [&]<class S>(S) {
        with_storage(values_type, [&]<class V>(V) {
            const ReadWrite to{static_cast<S*>(total)};
            const Read from{static_cast<const V*>(values)};
            if (base == nullptr) return elementwise(begin, end, AccumulateValue{float(weight)}, to, from);
            with_storage(base_type, [&]<class B>(B) {
                elementwise(begin, end, AccumulateDifference{float(weight)}, to, from, Read{static_cast<const B*>(base)});
            });
        });
    });
}

}
