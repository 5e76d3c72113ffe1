#include "kernels.h"
#include "scalars.h"
#include "scalars/utility.h"

namespace basin::inline BASIN_ISA {

void choice_probabilities(
    int32_t value_type, const void* utilities, const int32_t* mask, void* probabilities,
    int64_t row_begin, int64_t row_end, int64_t options, double beta) {
    for_scalars(
        row_begin, row_end,
        ChoiceForward{{value_type, utilities}, mask, {value_type, probabilities}, options, beta});
}

}
