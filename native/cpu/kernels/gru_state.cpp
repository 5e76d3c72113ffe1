#include "elementwise.h"
#include "formula/gru.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

void gru_state(
    int32_t, const void* x_candidate, const void* recurrent, const void* reset, const void* update,
    const void* before, void* candidate, void* after, int64_t begin, int64_t end, int32_t reset_after) {
    elementwise(
        begin, end, GruState{reset_after != 0}, Read{static_cast<const float*>(x_candidate)},
        Read{static_cast<const float*>(recurrent)}, Read{static_cast<const float*>(reset)},
        Read{static_cast<const float*>(update)}, Read{static_cast<const float*>(before)},
        Write{static_cast<float*>(candidate)}, Write{static_cast<float*>(after)});
}

}
