#include "formula/distributed.h"

#include "elementwise.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

void scaled_difference(
    int32_t values_type, const void* values, int32_t base_type, const void* base, int32_t, void* differences,
    int64_t begin, int64_t end, double scale) {
    with_storage(values_type, [&]<class V>(V) {
        with_storage(base_type, [&]<class B>(B) {
            elementwise(
                begin, end, ScaledDifference{float(scale)}, Read{static_cast<const V*>(values)}, Read{static_cast<const B*>(base)},
                Write{static_cast<float*>(differences)});
        });
    });
}

}
