#include "kernels.h"
#include "scalars.h"
#include "scalars/gru.h"

namespace basin::inline BASIN_ISA {

void gru_state(
    void* stream,
    int32_t value_type, const void* x_candidate, const void* recurrent, const void* reset, const void* update,
    const void* before, void* candidate, void* after, int64_t begin, int64_t end, int32_t reset_after) {
    for_scalars(stream, begin, end, GruStateCall{
        {value_type, x_candidate}, {value_type, recurrent}, {value_type, reset}, {value_type, update}, {value_type, before},
        {value_type, candidate}, {value_type, after}, reset_after != 0});
}

}
