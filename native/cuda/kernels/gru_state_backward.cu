#include "kernels.h"
#include "scalars.h"
#include "scalars/gru.h"

namespace basin::inline BASIN_ISA {

void gru_state_backward(
    void* stream,
    int32_t value_type, const void* grad_after, const void* recurrent, const void* reset, const void* update,
    const void* candidate, const void* before,
    void* grad_candidate, void* grad_update, void* grad_reset, void* grad_recurrent, void* grad_before,
    int64_t begin, int64_t end, int32_t reset_after) {
    for_scalars(stream, begin, end, GruBackwardCall{
        {value_type, grad_after}, {value_type, recurrent}, {value_type, reset}, {value_type, update}, {value_type, candidate}, {value_type, before},
        {value_type, grad_candidate}, {value_type, grad_update}, {value_type, grad_reset}, {value_type, grad_recurrent}, {value_type, grad_before},
        reset_after != 0});
}

}
