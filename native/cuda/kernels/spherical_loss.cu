#include "kernels.h"
#include "scalars.h"
#include "scalars/spherical_loss.h"

namespace basin::inline BASIN_ISA {

void spherical_loss_forward_backward(
    void* stream,
    int32_t value_type, const void* target_logits, const void* square_sums, const void* sums,
    void* losses, void* grad_target_logits, void* grad_square_sums, void* grad_sums,
    int64_t row_begin, int64_t row_end, int64_t classes,
    int32_t kind, double sharpness, double location, double epsilon, double score_epsilon) {
    for_scalars(
        stream, row_begin, row_end,
        SphericalCall{
            {value_type, target_logits}, {value_type, square_sums}, {value_type, sums},
            {value_type, losses}, {value_type, grad_target_logits}, {value_type, grad_square_sums}, {value_type, grad_sums},
            SphericalLoss{kind, double(classes), sharpness, location, epsilon, score_epsilon}});
}

}
