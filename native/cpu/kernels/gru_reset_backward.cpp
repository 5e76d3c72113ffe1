#include "kernels.h"
#include "scalars.h"
#include "scalars/gru.h"

namespace basin::inline BASIN_ISA {

void gru_reset_backward(
    int32_t value_type, const void* grad_reset_before, const void* reset, const void* before,
    void* grad_reset, void* grad_before, int64_t begin, int64_t end) {
    for_scalars(begin, end, GruResetBackwardCall{
        {value_type, grad_reset_before}, {value_type, reset}, {value_type, before}, {value_type, grad_reset}, {value_type, grad_before}});
}

}
