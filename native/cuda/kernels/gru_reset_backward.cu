#include "elementwise.h"
#include "formula/gru.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

void gru_reset_backward(
    void* stream,
    int32_t, const void* grad_reset_before, const void* reset, const void* before,
    void* grad_reset, void* grad_before, int64_t begin, int64_t end) {
    elementwise(
        stream, begin, end, GruResetBackward{}, Read{BASIN_F32, grad_reset_before}, Read{BASIN_F32, reset},
        Read{BASIN_F32, before}, Write{BASIN_F32, grad_reset}, Write{BASIN_F32, grad_before});
}

}
