#include "kernels.h"
#include "scalars.h"
#include "scalars/utility.h"

namespace basin::inline BASIN_ISA {

void sequence_utility(
    void* stream,
    int32_t value_type, const void* token_log_probabilities, const int32_t* lengths, void* utilities,
    int64_t row_begin, int64_t row_end, int64_t tokens, double power) {
    for_scalars(
        stream, row_begin, row_end,
        SequenceUtility{{value_type, token_log_probabilities}, lengths, {value_type, utilities}, tokens, power});
}

}
