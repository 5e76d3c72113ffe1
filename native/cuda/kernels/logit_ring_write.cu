#include "kernels.h"
#include "team.h"
#include "typed_row.h"

namespace basin::inline BASIN_ISA {

constexpr unsigned threads_of_ring = 128;

struct RingCall {
    int32_t logits_type;
    const void* logits;
    int64_t logits_stride;
    const int32_t* indices;
    int32_t slot_type;
    void* slot;
    int64_t slot_stride;
    int64_t class_begin, class_end, rows, examples;
};

// A block a row; one whose example a later row writes again leaves it to that row.
__global__ void __launch_bounds__(threads_of_ring) write_to_ring(RingCall call) {
    const BlockTeam team{{reinterpret_cast<double*>(shared_memory())}};
    const int64_t row = int64_t(blockIdx.x);
    const int32_t index = call.indices[row];
    int later = 0;
    for (int64_t i = row + 1 + team.rank(); i < call.rows; i += team.size()) later += call.indices[i] == index ? 1 : 0;
    if (team.combine(later, Add{}) > 0 || index < 0 || index >= call.examples) return;
    const TypedRow from(call.logits_type, call.logits, row * call.logits_stride);
    void* const to = moved_by(index * call.slot_stride, call.slot_type, call.slot);
    for (int64_t first = call.class_begin + int64_t(team.rank()) * elements_of_thread; first < call.class_end;
         first += int64_t(team.size()) * elements_of_thread) {
        Elements x;
        from.get(first, call.class_end, x);
        store_typed(call.slot_type, to, first, call.class_end, x);
    }
}

void logit_ring_write(
    void* stream, int32_t logits_type, const void* logits, int64_t logits_stride, const int32_t* indices,
    int32_t slot_type, void* slot, int64_t slot_stride,
    int64_t class_begin, int64_t class_end, int64_t rows, int64_t examples) {
    if (rows <= 0 || class_end <= class_begin) return;
    launch(
        write_to_ring, unsigned(rows), threads_of_ring, BlockTeam::room_bytes, stream,
        RingCall{
            logits_type, logits, logits_stride, indices, slot_type, slot, slot_stride, class_begin, class_end, rows,
            examples});
}

}
