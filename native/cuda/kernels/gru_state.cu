#include "elementwise.h"
#include "formula/gru.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

void gru_state(
    void* stream,
    int32_t, const void* x_candidate, const void* recurrent, const void* reset, const void* update,
    const void* before, void* candidate, void* after, int64_t begin, int64_t end, int32_t reset_after) {
    elementwise(
        stream, begin, end, GruState{reset_after != 0}, Read{BASIN_F32, x_candidate}, Read{BASIN_F32, recurrent},
        Read{BASIN_F32, reset}, Read{BASIN_F32, update}, Read{BASIN_F32, before}, Write{BASIN_F32, candidate},
        Write{BASIN_F32, after});
}

}
