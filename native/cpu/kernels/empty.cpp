#include "kernels.h"

namespace basin::inline BASIN_ISA {

void empty(const float*, int64_t, int64_t) {}

}
