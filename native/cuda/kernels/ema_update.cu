#include "formula/ema.h"

#include "elementwise.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

void ema_update(
    void* stream, int32_t, void* average, int32_t weights_type, const void* weights, int64_t begin, int64_t end,
    double decay) {
    elementwise(stream, begin, end, Ema(decay), ReadWrite{BASIN_F32, average}, Read{weights_type, weights});
}

}

void basin_cuda_ema_update_many(void* stream, const int64_t* table, int64_t rows, int64_t blocks, double decay) {
    using namespace basin;
    elementwise_many(stream, {table, rows, blocks}, Ema(decay), Column<ReadWrite>{0, 1}, Column<Read>{2, 3});
}
