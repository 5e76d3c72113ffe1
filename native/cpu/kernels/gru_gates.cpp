#include "kernels.h"
#include "scalars.h"
#include "scalars/gru.h"

namespace basin::inline BASIN_ISA {

void gru_gates(
    int32_t value_type, const void* x_reset, const void* x_update, const void* h_reset, const void* h_update,
    const void* before, void* reset, void* update, void* reset_before, int64_t begin, int64_t end) {
    for_scalars(begin, end, GruGatesCall{
        {value_type, x_reset}, {value_type, x_update}, {value_type, h_reset}, {value_type, h_update}, {value_type, before},
        {value_type, reset}, {value_type, update}, {value_type, reset_before}});
}

}
