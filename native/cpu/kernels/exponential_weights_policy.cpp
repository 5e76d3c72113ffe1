#include "kernels.h"
#include "rows_beside.h"

#include "formula/policy.h"

namespace basin::inline BASIN_ISA {

void exponential_weights_policy(
    int32_t, const void* cumulative_losses, int64_t losses_stride, void* policy, int64_t policy_stride,
    int64_t row_begin, int64_t row_end, int64_t actions, double eta) {
    rows_beside(
        RowsCall<1, 1>{{cumulative_losses}, {losses_stride}, {policy}, {policy_stride}, row_begin, row_end, actions},
        ExponentialWeights{eta});
}

}
