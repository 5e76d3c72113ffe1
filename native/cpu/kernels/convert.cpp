#include "elementwise.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

struct Copy {
    BASIN_HD void operator()(Float from, Float& to) const { to = from; }
};

void convert(
    int32_t source_type, const void* source, int32_t target_type, void* target, int64_t begin, int64_t end) {
    with_storage(source_type, [&]<class S>(S) {
        with_storage(target_type, [&]<class T>(T) {
            elementwise(begin, end, Copy{}, Read{static_cast<const S*>(source)}, Write{static_cast<T*>(target)});
        });
    });
}

}
