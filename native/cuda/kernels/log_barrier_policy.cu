#include "kernels.h"
#include "rows_beside.h"

#include "formula/policy.h"

namespace basin::inline BASIN_ISA {

void log_barrier_policy(
    void* stream,
    int32_t, const void* cumulative_losses, int64_t losses_stride, void* policy, int64_t policy_stride, void* shifts,
    int64_t row_begin, int64_t row_end, int64_t actions, double eta) {
    rows_beside(
        stream, RowsCall<1, 1>{{cumulative_losses}, {losses_stride}, {policy}, {policy_stride}, row_begin, row_end, actions},
        LogBarrier{eta, static_cast<float*>(shifts)});
}

}
