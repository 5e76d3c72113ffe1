#include "formula/distributed.h"

#include "elementwise.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

void scaled_sign(
    int32_t values_type, const void* values, int32_t results_type, void* results, const double* scale, int64_t begin, int64_t end) {
    with_storage(values_type, [&]<class V>(V) {
        with_storage(results_type, [&]<class R>(R) {
            elementwise(
                begin, end, ScaledSign{float(*scale)}, Read{static_cast<const V*>(values)}, Write{static_cast<R*>(results)});
        });
    });
}

}
