// Sums over many elements are taken by blocks, whose borders no split of a call moves; the C ABI says so.
#pragma once

#include <cstdint>

#include "formula/value.h"

namespace basin::inline BASIN_ISA {

inline constexpr int64_t block_elements = 65536;

}
