#include "elementwise.h"
#include "formula/gru.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

void gru_gates(
    void* stream,
    int32_t, const void* x_reset, const void* x_update, const void* h_reset, const void* h_update,
    const void* before, void* reset, void* update, void* reset_before, int64_t begin, int64_t end) {
    elementwise(
        stream, begin, end, GruGates{}, Read{BASIN_F32, x_reset}, Read{BASIN_F32, x_update}, Read{BASIN_F32, h_reset},
        Read{BASIN_F32, h_update}, Read{BASIN_F32, before}, Write{BASIN_F32, reset}, Write{BASIN_F32, update},
        Write{BASIN_F32, reset_before});
}

}
