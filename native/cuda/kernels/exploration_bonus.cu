#include "kernels.h"
#include "scalars.h"
#include "scalars/online.h"

namespace basin::inline BASIN_ISA {

void exploration_bonus(
    void* stream,
    int32_t value_type, const void* features, const void* products, const void* policy, void* bonus,
    int64_t row_begin, int64_t row_end, int64_t actions, int64_t width, double beta) {
    for_scalars(
        stream, row_begin, row_end,
        ExplorationBonus{
            {value_type, features}, {value_type, products}, {value_type, policy}, {value_type, bonus}, actions, width, beta});
}

}
