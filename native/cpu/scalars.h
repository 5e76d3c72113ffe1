#pragma once

#include <cstdint>

namespace basin::inline BASIN_ISA {

template <class Call>
void for_scalars(int64_t begin, int64_t end, const Call& call) {
    for (int64_t i = begin; i < end; ++i) call(i);
}

}
