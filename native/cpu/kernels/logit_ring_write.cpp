#include "kernels.h"
#include "row_call.h"

namespace basin::inline BASIN_ISA {

template <class L, class S>
void convert(const L* from, S* to, int64_t n) {
    for_vectors(n, [&](int64_t i, auto span) { store(to + i, span, load(from + i, span, Float(0.0f))); });
}

void logit_ring_write(
    int32_t logits_type, const void* logits, int64_t logits_stride, const int32_t* indices,
    int32_t slot_type, void* slot, int64_t slot_stride,
    int64_t class_begin, int64_t class_end, int64_t rows, int64_t examples) {
    with_any_storage(logits_type, [&]<class L>(L) {
        with_any_storage(slot_type, [&]<class S>(S) {
            for (int64_t row = 0; row < rows; ++row) {
                const int64_t index = indices[row];
                if (index < 0 || index >= examples) continue;
                convert(
                    static_cast<const L*>(logits) + row * logits_stride + class_begin,
                    static_cast<S*>(slot) + index * slot_stride + class_begin, class_end - class_begin);
            }
        });
    });
}

}
