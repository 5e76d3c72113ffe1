#include "elementwise.h"
#include "formula/gru.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

void gru_reset_backward(
    int32_t, const void* grad_reset_before, const void* reset, const void* before,
    void* grad_reset, void* grad_before, int64_t begin, int64_t end) {
    elementwise(
        begin, end, GruResetBackward{}, Read{static_cast<const float*>(grad_reset_before)},
        Read{static_cast<const float*>(reset)}, Read{static_cast<const float*>(before)},
        Write{static_cast<float*>(grad_reset)}, Write{static_cast<float*>(grad_before)});
}

}
