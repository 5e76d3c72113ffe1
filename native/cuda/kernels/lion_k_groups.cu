#include "kernels.h"
#include "lion_groups.h"

namespace basin::inline BASIN_ISA {

struct GroupCall {
    LionGroups groups;
    Read values;
    Write directions;
};

__global__ void __launch_bounds__(threads_of_group) map_groups(GroupCall call) {
    call.groups.visit(
        [&](int64_t first, int64_t end, Elements& x) { call.values.get(first, end, x); },
        [&](const ByNorm& slope, int64_t first, int64_t end) {
            apply(
                WriteSlope<ByNorm>{slope}, first, end, Loaded<Read>{call.values, {}}, Loaded<Write>{call.directions, {}});
        });
}

void lion_k_groups(
    void* stream, int32_t values_type, const void* values, int32_t directions_type, void* directions, double* norms,
    int64_t group_begin, int64_t group_end, int64_t elements, int64_t group_elements) {
    launch_groups(
        map_groups, stream, group_begin, group_end,
        GroupCall{
            LionGroups{norms, group_begin, elements, group_elements}, Read{values_type, values},
            Write{directions_type, directions}});
}

}
