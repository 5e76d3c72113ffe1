#include "kernels.h"
#include "scalars.h"
#include "scalars/utility.h"

namespace basin::inline BASIN_ISA {

void choice_probabilities(
    void* stream,
    int32_t value_type, const void* utilities, const int32_t* mask, void* probabilities,
    int64_t row_begin, int64_t row_end, int64_t options, double beta) {
    for_scalars(
        stream, row_begin, row_end,
        ChoiceForward{{value_type, utilities}, mask, {value_type, probabilities}, options, beta});
}

}
