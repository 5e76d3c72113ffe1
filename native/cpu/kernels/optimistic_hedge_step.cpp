#include "kernels.h"
#include "rows_beside.h"

#include "formula/mirror_descent.h"

namespace basin::inline BASIN_ISA {

void optimistic_hedge_step(
    int32_t, const void* log_weights, int64_t weights_stride, const void* grad, const void* hint, int64_t grad_stride,
    void* log_next, int64_t next_stride, void* policy, int64_t policy_stride,
    int64_t row_begin, int64_t row_end, int64_t actions, double eta, double next_eta) {
    rows_beside(
        RowsCall<3, 2>{
            {log_weights, grad, hint}, {weights_stride, grad_stride, grad_stride}, {log_next, policy}, {next_stride, policy_stride},
            row_begin, row_end, actions},
        OptimisticHedge{eta, next_eta});
}

}
