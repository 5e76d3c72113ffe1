#include "elementwise.h"
#include "formula/gru.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

void gru_state_backward(
    void* stream,
    int32_t, const void* grad_after, const void* recurrent, const void* reset, const void* update,
    const void* candidate, const void* before,
    void* grad_candidate, void* grad_update, void* grad_reset, void* grad_recurrent, void* grad_before,
    int64_t begin, int64_t end, int32_t reset_after) {
    elementwise(
        stream, begin, end, GruStateBackward{reset_after != 0}, Read{BASIN_F32, grad_after},
        Read{BASIN_F32, recurrent}, Read{BASIN_F32, reset}, Read{BASIN_F32, update}, Read{BASIN_F32, candidate},
        Read{BASIN_F32, before}, Write{BASIN_F32, grad_candidate}, Write{BASIN_F32, grad_update},
        Write{BASIN_F32, grad_reset}, Write{BASIN_F32, grad_recurrent}, Write{BASIN_F32, grad_before});
}

}
