#include "kernels.h"
#include "scalars.h"
#include "scalars/utility.h"

namespace basin::inline BASIN_ISA {

void choice_probabilities_backward(
    int32_t value_type, const void* utilities, const void* probabilities, const void* grad_probabilities,
    void* grad_utilities, void* grad_betas, int64_t row_begin, int64_t row_end, int64_t options, double beta) {
    for_scalars(
        row_begin, row_end,
        ChoiceBackward{
            {value_type, utilities}, {value_type, probabilities}, {value_type, grad_probabilities}, {value_type, grad_utilities},
            {value_type, grad_betas}, options, beta});
}

}
