// One pass over each row of a tensor into a row of another, of one type, with the sum of the row if it is asked for.
#pragma once

#include "team.h"
#include "typed_row.h"

namespace basin::inline BASIN_ISA {

struct RowMap {
    int32_t type;
    const void* from;
    int64_t from_stride;
    void* to;
    int64_t to_stride;
    int64_t row_begin, row_end, width;
};

inline constexpr unsigned threads_of_map = 128;

// Formula: needs_sum; start(sum, row, width), then operator()(entry) for each, then last(): the entry behind the row, if
// writes_last. Rows are read to their ends before the first entry is written.
template <class Formula>
__global__ void __launch_bounds__(threads_of_map) map_rows(RowMap call, Formula formula) {
    const BlockTeam team{{reinterpret_cast<double*>(shared_memory())}};
    const int64_t row = call.row_begin + int64_t(blockIdx.x);
    const TypedRow from(call.type, call.from, row * call.from_stride);
    void* const to = moved_by(row * call.to_stride, call.type, call.to);
    const int64_t own = int64_t(team.rank()) * elements_of_thread, step = int64_t(team.size()) * elements_of_thread;
    double sum = 0.0;
    if (Formula::needs_sum) {
        for (int64_t first = own; first < call.width; first += step) {
            Elements x;
            from.get(first, call.width, x);
#pragma unroll
            for (int i = 0; i < elements_of_thread; ++i) sum += double(x[i]);
        }
        sum = team.combine(sum, Add{});
    }
    formula.start(sum, from, call.width);
    for (int64_t first = own; first < call.width; first += step) {
        Elements x;
        from.get(first, call.width, x);
#pragma unroll
        for (int i = 0; i < elements_of_thread; ++i) x[i] = formula(x[i]);
        store_typed(call.type, to, first, call.width, x);
    }
    if (Formula::writes_last && team.rank() == 0) {
        const Elements last{formula.last(), 0.0f, 0.0f, 0.0f};
        store_typed(call.type, to, call.width, call.width + 1, last);
    }
}

template <class Formula>
void rows_by(void* stream, const RowMap& call, Formula formula) {
    if (call.row_end <= call.row_begin) return;
    launch(
        map_rows<Formula>, unsigned(call.row_end - call.row_begin), threads_of_map, BlockTeam::room_bytes, stream, call,
        formula);
}

}
