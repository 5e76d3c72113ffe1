#include "elementwise.h"
#include "formula/gru.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

void gru_gates(
    int32_t, const void* x_reset, const void* x_update, const void* h_reset, const void* h_update,
    const void* before, void* reset, void* update, void* reset_before, int64_t begin, int64_t end) {
    elementwise(
        begin, end, GruGates{}, Read{static_cast<const float*>(x_reset)}, Read{static_cast<const float*>(x_update)},
        Read{static_cast<const float*>(h_reset)}, Read{static_cast<const float*>(h_update)},
        Read{static_cast<const float*>(before)}, Write{static_cast<float*>(reset)},
        Write{static_cast<float*>(update)}, Write{static_cast<float*>(reset_before)});
}

}
