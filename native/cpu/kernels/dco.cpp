#include "kernels.h"
#include "scalars.h"
#include "scalars/dco.h"

namespace basin::inline BASIN_ISA {

void dco_forward_backward(
    int32_t value_type, const void* log_probabilities, void* losses, void* grad_log_probabilities, void* factors,
    int64_t row_begin, int64_t row_end, double samples, double drop_below) {
    for_scalars(
        row_begin, row_end,
        DcoCall{
            {value_type, log_probabilities}, {value_type, losses}, {value_type, grad_log_probabilities}, {value_type, factors},
            Dco{samples}, drop_below});
}

}
