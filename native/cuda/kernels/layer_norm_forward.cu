#include "kernels.h"
#include "norm_forward.h"

namespace basin::inline BASIN_ISA {

void layer_norm_forward(
    void* stream, int32_t x_type, const void* x, int64_t x_stride, int32_t y_type, const void* branch,
    int64_t branch_stride, void* residual_out, int64_t residual_out_stride, int32_t parameters_type, const void* gamma, const void* beta,
    void* y, int64_t y_stride, int32_t, void* mean, void* rstd, int64_t row_begin, int64_t row_end, int64_t width,
    double epsilon) {
    norm_forward<LayerNorm>(
        stream, NormForward{
            x_type, x, x_stride, y_type, branch, branch_stride, residual_out, residual_out_stride, parameters_type, gamma,
            beta, y, y_stride, static_cast<float*>(mean), static_cast<float*>(rstd), row_begin, row_end, width, epsilon});
}

}
