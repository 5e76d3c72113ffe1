#include "elementwise.h"
#include "formula/gru.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

void gru_state_backward(
    int32_t, const void* grad_after, const void* recurrent, const void* reset, const void* update,
    const void* candidate, const void* before,
    void* grad_candidate, void* grad_update, void* grad_reset, void* grad_recurrent, void* grad_before,
    int64_t begin, int64_t end, int32_t reset_after) {
    elementwise(
        begin, end, GruStateBackward{reset_after != 0}, Read{static_cast<const float*>(grad_after)},
        Read{static_cast<const float*>(recurrent)}, Read{static_cast<const float*>(reset)},
        Read{static_cast<const float*>(update)}, Read{static_cast<const float*>(candidate)},
        Read{static_cast<const float*>(before)}, Write{static_cast<float*>(grad_candidate)},
        Write{static_cast<float*>(grad_update)}, Write{static_cast<float*>(grad_reset)},
        Write{static_cast<float*>(grad_recurrent)}, Write{static_cast<float*>(grad_before)});
}

}
