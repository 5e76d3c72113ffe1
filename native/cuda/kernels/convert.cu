#include "elementwise.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

struct Copy {
    BASIN_HD void operator()(float from, float& to) const { to = from; }
};

void convert(
    void* stream, int32_t source_type, const void* source, int32_t target_type, void* target, int64_t begin,
    int64_t end) {
    elementwise(stream, begin, end, Copy{}, Read{source_type, source}, Write{target_type, target});
}

}
