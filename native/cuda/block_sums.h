// Sums over the blocks of 65,536 elements that the C ABI counts, a block of threads each, in f64: of one tensor, or of all rows of a
// table in one launch.
#pragma once

#include "team.h"
#include "tensor_table.h"
#include "typed_row.h"

namespace basin::inline BASIN_ISA {

inline constexpr int64_t block_elements = 65536;
inline constexpr unsigned threads_of_sum = 512;

// What take(own, first, end) makes of a thread's groups of neighbours one after the other, from `nothing` on, combined over the
// threads.
template <class T, class Take, class Combine>
__device__ T over_block(const BlockTeam& team, int64_t block, int64_t elements, T nothing, Take take, Combine combine) {
    const int64_t begin = block * block_elements;
    const int64_t end = elements - begin < block_elements ? elements : begin + block_elements;
    T own = nothing;
    for (int64_t first = begin + int64_t(team.rank()) * elements_of_thread; first < end;
         first += int64_t(team.size()) * elements_of_thread) {
        own = take(own, first, end);
    }
    return team.combine(own, combine);
}

// Term: a functor (first, end) that answers the sum over a group of neighbours, or whatever else `combine` makes of them from
// `nothing` on.
template <class Term, class Combine>
__device__ void sum_block(double* partial, int64_t block, int64_t elements, const Term& term, Combine combine, double nothing) {
    const BlockTeam team{{reinterpret_cast<double*>(shared_memory())}};
    const double total = over_block(
        team, block, elements, nothing,
        [&](double own, int64_t first, int64_t end) { return combine(own, term(first, end)); }, combine);
    if (team.rank() == 0) *partial = total;
}

// make_term() gives the term on the device.
template <class MakeTerm, class Combine>
__global__ void __launch_bounds__(threads_of_sum)
    sum_blocks(double* partials, int64_t block_begin, int64_t elements, MakeTerm make_term, Combine combine, double nothing) {
    const int64_t block = block_begin + int64_t(blockIdx.x);
    sum_block(partials + block, block, elements, make_term(), combine, nothing);
}

template <class MakeTerm, class Combine>
void reduce_blocks(
    void* stream, double* partials, int64_t block_begin, int64_t block_end, int64_t elements, MakeTerm make_term, Combine combine,
    double nothing) {
    if (block_end <= block_begin) return;
    launch(
        sum_blocks<MakeTerm, Combine>, unsigned(block_end - block_begin), threads_of_sum, BlockTeam::room_bytes, stream, partials,
        block_begin, elements, make_term, combine, nothing);
}

template <class MakeTerm>
void sums_of_blocks(
    void* stream, double* partials, int64_t block_begin, int64_t block_end, int64_t elements, MakeTerm make_term) {
    reduce_blocks(stream, partials, block_begin, block_end, elements, make_term, Add{}, 0.0);
}

// make_term(row) gives the term of a row.
template <class MakeTerm>
__global__ void __launch_bounds__(threads_of_sum) sum_blocks_of_table(double* partials, TensorTable table, MakeTerm make_term) {
    const TableRow row = table.row_of(blockIdx.x);
    const int64_t block = int64_t(blockIdx.x) - row.first_block();
    sum_block(partials + blockIdx.x, block, row.elements(), make_term(row), Add{}, 0.0);
}

template <class MakeTerm>
void sums_of_blocks_many(void* stream, double* partials, const TensorTable& table, MakeTerm make_term) {
    launch(
        sum_blocks_of_table<MakeTerm>, unsigned(table.blocks), threads_of_sum, BlockTeam::room_bytes, stream, partials, table,
        make_term);
}

}
