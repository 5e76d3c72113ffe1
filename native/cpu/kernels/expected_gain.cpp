#include "kernels.h"
#include "scalars.h"
#include "scalars/utility.h"

namespace basin::inline BASIN_ISA {

void expected_gain(
    int32_t value_type, const void* probabilities, const void* gains, void* values, int32_t* choices,
    int64_t row_begin, int64_t row_end, int64_t options, int64_t outcomes) {
    for_scalars(
        row_begin, row_end,
        ExpectedGain{{value_type, probabilities}, {value_type, gains}, {value_type, values}, choices, options, outcomes});
}

}
