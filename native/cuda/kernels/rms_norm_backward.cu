#include "kernels.h"
#include "norm_backward.h"

namespace basin::inline BASIN_ISA {

void rms_norm_backward(
    void* stream, int32_t y_type, const void* grad_y, int64_t grad_y_stride, int32_t x_type,
    const void* grad_residual_out, int64_t grad_residual_out_stride, const void* x, int64_t x_stride, int32_t,
    const void* rstd, int32_t parameters_type, const void* gamma, void* grad_x, int64_t grad_x_stride,
    int32_t, void* gamma_partials, int64_t block_begin, int64_t block_end, int64_t rows, int64_t width) {
    norm_backward<RmsNorm>(
        stream, NormBackward{
            y_type, grad_y, grad_y_stride, x_type, grad_residual_out, grad_residual_out_stride, x, x_stride,
            nullptr, static_cast<const float*>(rstd), parameters_type, gamma, grad_x, grad_x_stride,
            static_cast<float*>(gamma_partials), nullptr, block_begin, block_end, rows, width});
}

}
