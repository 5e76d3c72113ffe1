#include "kernels.h"
#include "scalars.h"
#include "scalars/utility.h"

namespace basin::inline BASIN_ISA {

void sequence_utility_backward(
    int32_t value_type, const void* grad_utilities, const int32_t* lengths, void* grad_token_log_probabilities,
    int64_t row_begin, int64_t row_end, int64_t tokens, double power) {
    for_scalars(
        row_begin, row_end,
        SequenceUtilityBackward{{value_type, grad_utilities}, lengths, {value_type, grad_token_log_probabilities}, tokens, power});
}

}
