#include "kernels.h"
#include "rows_beside.h"

#include "formula/policy.h"

namespace basin::inline BASIN_ISA {

void policy_backward(
    int32_t, const void* policy, const void* grad_policy, const void* cumulative_losses, void* grad_losses, double* grad_etas,
    int64_t row_begin, int64_t row_end, int64_t actions, double eta, int32_t power) {
    rows_beside(
        RowsCall<3, 1>{
            {policy, grad_policy, cumulative_losses}, {actions, actions, actions}, {grad_losses}, {actions}, row_begin, row_end, actions},
        PolicyBackward{eta, power, grad_etas});
}

}
