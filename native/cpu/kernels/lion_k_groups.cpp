#include "elementwise.h"
#include "kernels.h"
#include "lion_groups.h"

namespace basin::inline BASIN_ISA {

void lion_k_groups(
    int32_t values_type, const void* values, int32_t directions_type, void* directions, double* norms,
    int64_t group_begin, int64_t group_end, int64_t elements, int64_t group_elements) {
    const LionGroups groups{norms, group_begin, group_end, elements, group_elements};
    with_storage(values_type, [&]<class S>(S) {
        with_storage(directions_type, [&]<class D>(D) {
            const Read z{static_cast<const S*>(values)};
            const Write y{static_cast<D*>(directions)};
            groups.visit(
                [&](int64_t i, auto span) { return z.get(i, span); },
                [&](int64_t begin, int64_t end, ByNorm slope) { elementwise(begin, end, WriteSlope{slope}, z, y); });
        });
    });
}

}
